import assert from 'node:assert/strict'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { eventually } from '@saucery/messaging/testing/eventually'
import { violations } from '../model/violations.ts'
import { door } from '../support/door.ts'
import { type Observer, observe } from '../support/observer.ts'
import { randomFrom } from '../support/random.ts'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'
import { traffic } from '../support/traffic.ts'

const seed = Number(process.env.POWER_SEED || Math.floor(Math.random() * 2 ** 31))

describe('the system', { timeout: 300_000 }, () => {
  it('says again what its broker forgets in a power failure, and nothing else happens', async (t) => {
    await using system = await runningSystem()
    await using observer = await observe(system)
    const random = randomFrom(seed)
    const gateway = door(system.urls.gateway)
    const accepted: string[] = []
    const some = async (orders: number) => {
      accepted.push(...(await traffic(gateway, { orders, withinMs: 1500, random })).accepted)
    }
    t.diagnostic(`POWER_SEED=${seed}`)
    const data = join(system.dataDir, 'nats', 'jetstream')
    const copy = join(system.dataDir, 'copy')
    await some(40)
    const kept = messages(await atRest(observer))
    await system.servers.nats.stop()
    await cp(data, copy, { recursive: true })
    await restart(system)
    await some(60)
    const far = messages(await atRest(observer))

    await system.servers.nats.stop()
    await rm(data, { recursive: true })
    await cp(copy, data, { recursive: true })
    await restart(system)
    t.diagnostic(`${far} messages, of which ${far - kept} were forgotten`)
    assert.ok(kept < far, 'nothing was forgotten')
    await some(20)

    await eventually(async () => {
      await atRest(observer)
      const subjects = await observer.subjects()
      const twice = Object.entries(subjects).filter(([, count]) => count > 1)
      assert.deepEqual(twice, [])
      assert.equal(sum(subjects), await saidIn(system))
    })
    const rows = await observer.rows(accepted)
    assert.deepEqual(violations(rows), [])
    assert.ok(rows.orders.length >= accepted.length && accepted.length > 60, String(accepted.length))
  })

  it('compares what was said with the stream when it is told to', async () => {
    await using system = await runningSystem()
    const { db, close } = openDatabase(system.databases.orders, 'observer', { connections: 1 })
    const created = async () => (await db.execute('select stream_created::text as made from outbox'))[0]?.made
    await door(system.urls.gateway).place(1000)
    const made = await eventually(async () => {
      const found = await created()
      assert.equal(typeof found, 'string')
      return found
    })
    // As if the stream were another one since.
    await db.execute(`update outbox set stream_created = '2020-01-01'`)
    process.kill(Number(system.services.order.pid), 'SIGUSR2')
    await eventually(async () => assert.equal(await created(), made))
    assert.equal(system.services.order.restarts, 0)
    await close()
  })
})

async function restart({ servers, services, urls }: RunningSystem): Promise<void> {
  servers.nats.start()
  await eventually(async () => {
    for (const name of Object.keys(services) as (keyof typeof services)[])
      assert.equal((await fetch(`${urls[name]}/readyz`)).status, 200, name)
  })
}

/** Everything that was said is heard; how far the streams are. */
const atRest = (observer: Observer) =>
  eventually(async () => {
    const rest = await observer.rest()
    assert.notEqual(rest, undefined)
    return String(rest)
  })

const messages = (rest: string) => rest.split(' ').reduce((total, n) => total + Number(n), 0)
const sum = (subjects: Record<string, number>) => Object.values(subjects).reduce((total, n) => total + n, 0)

/** Events in the three outboxes. */
async function saidIn({ databases }: RunningSystem): Promise<number> {
  const { orders, payments, deliveries } = databases
  const counts = await Promise.all(
    [orders, payments, deliveries].map(async (url) => {
      const { db, close } = openDatabase(url, 'observer', { connections: 1 })
      const [row] = await db.execute<{ count: number }>('select count(*)::int as count from outbox')
      await close()
      return row?.count ?? 0
    }),
  )
  return counts.reduce((total, count) => total + count, 0)
}
