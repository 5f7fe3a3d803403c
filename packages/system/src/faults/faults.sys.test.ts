import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { randomFrom } from '@saucery/messaging/testing/kit/random'
import { violations } from '../model/violations.ts'
import { patientClient, placeOrdersEvenly } from '../support/orders.ts'
import { runningSystem } from '../support/running-system.ts'
import { faultsFrom, strike } from '../testing/faults.ts'
import { type Observer, observe } from '../testing/observer.ts'

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
    const { gateway } = system.urls
    const [{ accepted, unanswered }] = await Promise.all([
      placeOrdersEvenly(gateway, { orders, withinMs: placedWithinMs, random }),
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
    const client = patientClient(gateway)
    for (const { orderId } of waiting) {
      const { status } = await client.post('/deliveries/{id}/complete', { path: { id: orderId } })
      assert.equal(status, 200)
    }
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

/** @returns after how many ms nothing is in flight and, half a second later, nothing new is published */
async function quiet(observer: Observer): Promise<number> {
  const began = Date.now()
  let before: readonly number[] | undefined
  const isStill = async () => {
    const now = await observer.atRest().catch(() => undefined)
    const still = now !== undefined && now.join() === before?.join()
    before = now
    assert.equal(still, true)
    return Date.now() - began
  }
  return eventually(isStill, quietWithinMs, 500).catch(() => Number.POSITIVE_INFINITY)
}
