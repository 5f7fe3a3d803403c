import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { streams } from '@saucery/contracts/choreography'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { eventually } from '@saucery/messaging/testing/eventually'
import { randomFrom } from '@saucery/messaging/testing/kit/random'
import { quietLog } from '@saucery/messaging/testing/log'
import { provision } from '@saucery/provision/provision'
import { violations } from '../model/violations.ts'
import { placeOrdersEvenly } from '../support/orders.ts'
import { runningSystem } from '../support/running-system.ts'
import { released } from '../testing/last-release.ts'
import { observe } from '../testing/observer.ts'
import { twoVersions, type Version } from '../testing/two-versions.ts'

const seed = Number(process.env.UPGRADE_SEED || Math.floor(Math.random() * 2 ** 31))
const orders = 160
const placedWithinMs = 30_000

/** The last release does not sign its events. */
const unsignedUntil = () => ({ EVENTS_UNSIGNED_UNTIL: new Date(Date.now() + 3_600_000).toISOString() })

describe('an upgrade from the last release', { timeout: 300_000 }, () => {
  it('loses no order under load, and none on the way back', async (t) => {
    await using system = await twoVersions(unsignedUntil())
    const { nats } = system.stores
    const provisioner = { url: nats.url, ...nats.users.provisioner }
    const { jsm, close } = await connectBroker({ ...provisioner, name: 'provisioner', log: quietLog })
    // As the last release made them.
    for (const { name } of streams) await jsm.streams.update(name, { subjects: [`${name.toLowerCase()}.>`] })
    await close()
    const everyReplica = async (version: Version) => {
      for (const name of released) {
        await system.replace(name, 1, version)
        // An old replica restarts beside a new one.
        if (name === 'payment') await system.replace(name, 0, version === 'this' ? 'last' : 'this')
        await system.replace(name, 0, version)
      }
    }
    await Promise.all(released.flatMap((name) => [0, 1].map((i) => system.replace(name, i as 0 | 1, 'last'))))
    await system.startGateway()

    const random = randomFrom(seed)
    const placing = placeOrdersEvenly(system.gateway, { orders, withinMs: placedWithinMs, random })
    const began = Date.now()
    await delay(1000)
    await provision(provisioner, 1)
    await everyReplica('this')
    t.diagnostic(`UPGRADE_SEED=${seed}, upgraded after ${Date.now() - began} ms`)
    await everyReplica('last')
    t.diagnostic(`back after ${Date.now() - began} ms`)
    const { accepted, unanswered } = await placing
    t.diagnostic(`${accepted.length} orders were accepted, ${unanswered} were not answered`)

    await using observer = await observe(system.stores)
    await eventually(observer.atRest, 60_000, 500)
    const rows = await observer.rows(accepted)
    for (const error of system.errors) t.diagnostic(error)
    assert.deepEqual(violations(rows), [])
    assert.ok(accepted.length > orders / 2, 'too few orders were accepted to prove anything')
  })

  it('to a next version may add columns that this one does not know', async () => {
    await using system = await runningSystem()
    const { databases } = system
    for (const url of [databases.orders, databases.payments, databases.deliveries]) await addColumns(url)
    const load = { orders: 60, withinMs: 3000, random: randomFrom(seed) }
    const { accepted } = await placeOrdersEvenly(system.urls.gateway, load)
    await using observer = await observe(system)
    await eventually(observer.atRest, 60_000, 500)
    assert.equal(accepted.length, load.orders)
    assert.deepEqual(violations(await observer.rows(accepted)), [])
    assert.deepEqual([...system.errors], [])
  })
})

/** Adds what a migration of the next version may add at most, to every table. */
async function addColumns(url: string): Promise<void> {
  const { db, close } = openDatabase(url, 'next-version', { connections: 1 })
  const tables = await db.execute<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  )
  assert.ok(tables.length >= 3, 'no tables were found')
  for (const { name } of tables)
    await db.execute(`alter table ${name} add column newer text not null default 'usual'`)
  await close()
}
