import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { violations } from '../model/violations.ts'
import { door } from '../support/door.ts'
import { type Observer, observe } from '../support/observer.ts'
import { randomFrom } from '../support/random.ts'
import { runningSystem } from '../support/running-system.ts'
import { traffic } from '../support/traffic.ts'
import { faultsFrom, strike } from './faults.ts'

const seed = Number(process.env.FAULT_SEED || Math.floor(Math.random() * 2 ** 31))
const orders = 300
const placedWithinMs = 35_000
const killsOfEach = 2
const meanPauseMs = 2_300
const quietWithinMs = 120_000

describe('the system', { timeout: 600_000 }, () => {
  it('keeps every promise while each of its parts is killed again and again', async (t) => {
    await using system = await runningSystem()
    const random = randomFrom(seed)
    const faults = faultsFrom(random, killsOfEach, meanPauseMs)
    t.diagnostic(
      `FAULT_SEED=${seed}: ${faults.map(({ victim, afterMs }) => `${afterMs} ms ${victim}`).join(', ')}`,
    )
    const gateway = door(system.urls.gateway)
    const [{ accepted, unanswered }] = await Promise.all([
      traffic(gateway, { orders, withinMs: placedWithinMs, random }),
      strike(system, faults),
    ])
    t.diagnostic(`${accepted.length} orders were accepted, ${unanswered} were not answered`)
    assert.ok(accepted.length > orders / 4, 'too few orders were accepted to prove anything')

    await using observer = await observe(system)
    const quietAfterMs = await quiet(observer)
    t.diagnostic(`quiet after ${quietAfterMs} ms`)
    const rows = await observer.rows(accepted)
    for (const [error, times] of system.errors) t.diagnostic(`${times} × ${error}`)
    assert.deepEqual(violations(rows), [])
    assert.ok(quietAfterMs < Number.POSITIVE_INFINITY, 'something is never published or handled')

    const waiting = rows.deliveries.filter(({ status }) => status === 'STARTED')
    for (const { orderId } of waiting)
      assert.equal(await gateway.insist(`/deliveries/${orderId}/complete`), 200)
    assert.ok((await quiet(observer)) < Number.POSITIVE_INFINITY)
    const after = await observer.rows(accepted)
    assert.deepEqual(violations(after), [])
    const statuses = new Map(after.orders.map(({ orderId, status }) => [orderId, status]))
    assert.deepEqual(
      waiting.filter(({ orderId }) => statuses.get(orderId) !== 'DELIVERED'),
      [],
    )
    assert.ok(![...statuses.values()].includes('DELIVERING'))
  })
})

/** @returns after how many ms everything that was said is published and handled, and nothing new is said */
async function quiet(observer: Observer): Promise<number> {
  const began = Date.now()
  for (let before: string | undefined; Date.now() - began < quietWithinMs; ) {
    const now = await observer.rest().catch(() => undefined)
    if (now !== undefined && now === before) return Date.now() - began
    before = now
    await delay(500)
  }
  return Number.POSITIVE_INFINITY
}
