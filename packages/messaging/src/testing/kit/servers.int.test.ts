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
  const rowsOf = async (url: string, statement: string) => {
    const sql = connectPostgres(url, { max: 1, onnotice: () => {} })
    return [...(await sql.unsafe(statement).finally(() => sql.end({ timeout: 1 })))]
  }

  /** As a server that the environment names gives a database to each test, and takes it back. */
  async function gives(url: string): Promise<void> {
    const names: string[] = []
    for (const _ of [1, 2]) {
      await using postgres = await postgresServer({ env: { TEST_POSTGRES_URL: url } })
      names.push(new URL(postgres.url).pathname.slice(1))
      await rowsOf(postgres.url, 'create table numbers (n int)')
      await assert.rejects(postgres.kill(), /TEST_POSTGRES_URL names it/)
    }
    assert.notEqual(names[0], names[1])
    const left = await rowsOf(url, 'select datname from pg_database')
    assert.deepEqual(
      left.filter(({ datname }) => names.includes(datname)),
      [],
    )
  }

  it('keeps what was committed through a crash, demands a password, and has room for databases of their own', async () => {
    await using postgres = await postgresServer({ env: { PATH: await pathTo('postgres') } })
    await rowsOf(postgres.url, 'create table numbers as select 1 as n')
    await postgres.kill()
    await postgres.restart()
    assert.deepEqual(await rowsOf(postgres.url, 'select n from numbers'), [{ n: 1 }])
    const withoutPassword = new URL(postgres.url)
    withoutPassword.password = ''
    await assert.rejects(rowsOf(withoutPassword.href, 'select 1'))
    await gives(postgres.url)
  })

  it('says what to install where there is none', async () => {
    await assert.rejects(
      postgresServer({ env: { PATH: '/nowhere' } }),
      /Install the server of PostgreSQL .* TEST_POSTGRES_URL/,
    )
  })
})
