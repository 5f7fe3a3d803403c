import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { describe, it } from 'node:test'
import { findNats } from '@saucery/servers/nats/find-nats'
import { findPostgres } from '@saucery/servers/postgres/find-postgres'
import connectPostgres from 'postgres'
import { stamp } from '../../events/event.ts'
import { ensureStream } from '../../nats/streams.ts'
import { cause, countersStream, raised } from '../counters.ts'
import { eventually } from '../eventually.ts'
import { messagesOf, publishEvent } from '../messages.ts'
import { testBroker } from '../servers.ts'
import { natsServer } from './nats-server.ts'
import { postgresServer } from './postgres-server.ts'
import { recordPublished } from './recorder.ts'

/** The folder of a program that this workspace has found or downloaded, as a PATH. */
async function pathTo(program: 'nats' | 'postgres'): Promise<string> {
  const env = { PATH: process.env.PATH }
  const found = program === 'nats' ? await findNats({ env }) : await findPostgres({ env })
  assert.ok(found.kind !== 'environment')
  return dirname('file' in found.program ? found.program.file : found.program.postgres)
}

describe('a NATS server of the kit', () => {
  it('has streams, keeps them through a crash, and lets all that is published be recorded', async () => {
    await using nats = await natsServer({ env: { PATH: await pathTo('nats') } })
    await using broker = await testBroker(nats.url)
    await ensureStream(broker.jsm, countersStream, 1)
    await using recorded = await recordPublished(broker.connection, 'counters.>')
    const [one, other] = ['a', 'b'].map((key) => stamp(raised(key, 2), cause('why'), new Date()))
    assert.ok(one && other)
    for (const event of [one, one, other]) await publishEvent(broker, event)
    await eventually(() => assert.deepEqual(recorded.names(), ['Raised', 'Raised', 'Raised']))
    const { id, subject } = one
    assert.deepEqual(recorded.events[0], { id, name: 'Raised', subject, data: { by: 2 }, causationId: 'why' })
    assert.equal((await messagesOf(broker, 'COUNTERS')).length, 2)
    await nats.kill()
    await nats.restart()
    await eventually(() => assert.ok(broker.isConnected(), 'not connected'))
    assert.equal((await messagesOf(broker, 'COUNTERS')).length, 2)
  })

  it('is the one of the environment, which the test can neither kill nor restart', async () => {
    await using nats = await natsServer({ env: { TEST_NATS_URL: 'nats://localhost:4222' } })
    assert.equal(nats.url, 'nats://localhost:4222')
    for (const refused of [nats.kill(), nats.restart()])
      await assert.rejects(refused, /TEST_NATS_URL names it/)
  })

  it('says what to install where there is none', async () => {
    await assert.rejects(natsServer({ env: { PATH: '/nowhere' } }), /Install NATS 2\.10 .* set TEST_NATS_URL/)
  })
})

describe('a Postgres server of the kit', () => {
  const numbersIn = async (url: string, statement: string) => {
    const sql = connectPostgres(url, { max: 1, onnotice: () => {} })
    return sql.unsafe(statement).finally(() => sql.end({ timeout: 1 }))
  }

  it('keeps what was committed through a crash, and demands a password', async () => {
    await using postgres = await postgresServer({ env: { PATH: await pathTo('postgres') } })
    await numbersIn(postgres.url, 'create table numbers as select 1 as n')
    await postgres.kill()
    await postgres.restart()
    assert.deepEqual([...(await numbersIn(postgres.url, 'select n from numbers'))], [{ n: 1 }])
    const withoutPassword = new URL(postgres.url)
    withoutPassword.password = ''
    await assert.rejects(numbersIn(withoutPassword.href, 'select 1'))
  })

  it('is a database of its own on the server of the environment', {
    skip: !process.env.TEST_POSTGRES_URL,
  }, async () => {
    const names: string[] = []
    for (const _ of [1, 2]) {
      await using postgres = await postgresServer()
      names.push(new URL(postgres.url).pathname.slice(1))
      await numbersIn(postgres.url, 'create table numbers (n int)')
      await assert.rejects(postgres.kill(), /TEST_POSTGRES_URL names it/)
    }
    const left = await numbersIn(String(process.env.TEST_POSTGRES_URL), 'select datname from pg_database')
    assert.deepEqual(
      left.filter(({ datname }) => names.includes(datname)),
      [],
    )
    assert.notEqual(names[0], names[1])
  })

  it('says what to install where there is none', async () => {
    await assert.rejects(
      postgresServer({ env: { PATH: '/nowhere' } }),
      /Install the server of PostgreSQL .* TEST_POSTGRES_URL/,
    )
  })
})
