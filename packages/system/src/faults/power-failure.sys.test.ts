import assert from 'node:assert/strict'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { unreadyServices } from '@saucery/local/demo/run'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { eventually } from '@saucery/messaging/testing/eventually'
import { randomFrom } from '@saucery/messaging/testing/kit/random'
import { violations } from '../model/violations.ts'
import { hastyClient, placeOrdersEvenly, tryToPlace } from '../support/orders.ts'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'
import { observe } from '../testing/observer.ts'

const seed = Number(process.env.POWER_SEED || Math.floor(Math.random() * 2 ** 31))

describe('the system', { timeout: 300_000 }, () => {
  // This server does not set a consumer back that stands beyond the end of its stream.
  it('publishes and consumes again what its streams lose in a power failure, and nothing else happens', async (t) => {
    await using system = await runningSystem({ NATS_SERVER_VERSION: '2.10.26' })
    await using observer = await observe(system)
    const random = randomFrom(seed)
    const accepted: string[] = []
    const place = async (orders: number) => {
      const placed = await placeOrdersEvenly(system.urls.gateway, { orders, withinMs: 1500, random })
      accepted.push(...placed.accepted)
    }
    t.diagnostic(`POWER_SEED=${seed}`)
    const data = join(system.dataDir, 'nats', 'jetstream')
    const copy = join(system.dataDir, 'copy')
    await place(40)
    const kept = sum(await eventually(observer.atRest))
    await system.servers.nats.stop()
    await cp(data, copy, { recursive: true })
    await restart(system)
    await place(60)
    const all = sum(await eventually(observer.atRest))

    await system.servers.nats.stop()
    for (const stream of ['ORDERS', 'PAYMENTS', 'DELIVERIES', 'DEAD_LETTERS']) {
      const messages = join('jetstream', '$G', 'streams', stream, 'msgs')
      await rm(join(data, messages), { recursive: true })
      await cp(join(copy, messages), join(data, messages), { recursive: true })
    }
    await restart(system)
    t.diagnostic(`${all} messages, of which ${all - kept} were lost`)
    assert.ok(kept < all, 'nothing was lost')
    await place(20)

    await eventually(async () => {
      await observer.atRest()
      const subjects = await observer.subjects()
      const twice = Object.entries(subjects).filter(([, count]) => count > 1)
      assert.deepEqual(twice, [])
      assert.equal(sum(Object.values(subjects)), await eventsIn(system))
    })
    // What the broker does not hand over is found by a comparison, a minute later at the latest.
    const rows = await eventually(async () => {
      const found = await observer.rows(accepted)
      assert.deepEqual(violations(found), [])
      return found
    }, 90_000)
    assert.ok(rows.orders.length >= accepted.length && accepted.length > 60, String(accepted.length))
  })

  it('reconciles its outbox with the stream on SIGUSR2', async () => {
    await using system = await runningSystem()
    const { db, close } = openDatabase(system.databases.orders, 'observer', { connections: 1 })
    const created = async () => (await db.execute('select stream_created::text as made from outbox'))[0]?.made
    await tryToPlace(hastyClient(system.urls.gateway), 1000)
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

async function restart({ servers, urls }: RunningSystem): Promise<void> {
  servers.nats.start()
  await eventually(async () => assert.deepEqual(await unreadyServices(urls.gateway), []))
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0)

/** Events in the three outboxes. */
async function eventsIn({ databases }: RunningSystem): Promise<number> {
  const { orders, payments, deliveries } = databases
  const counts = await Promise.all(
    [orders, payments, deliveries].map(async (url) => {
      const { db, close } = openDatabase(url, 'observer', { connections: 1 })
      const [row] = await db.execute<{ count: number }>('select count(*)::int as count from outbox')
      await close()
      return row?.count ?? 0
    }),
  )
  return sum(counts)
}
