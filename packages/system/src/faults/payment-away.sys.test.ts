import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CallRefused } from '@saucery/client/errors'
import { eventually } from '@saucery/messaging/testing/eventually'
import { violations } from '../model/violations.ts'
import { hastyClient } from '../support/orders.ts'
import { runningSystem } from '../support/running-system.ts'
import { observe } from '../testing/observer.ts'

const strictly = { prefer: 'wait=2, handling=strict' }

describe('an order whose payment is a condition', { timeout: 240_000 }, () => {
  it('is paid or declined while payment is there, and never charged when payment was away', async () => {
    await using system = await runningSystem()
    const client = hastyClient(system.urls.gateway)
    const post = (price: number, header = {}) =>
      client.post('/orders', { body: { branchId: 'away', sauceId: 1, qty: 1, price }, header })
    const answerTo = (...order: Parameters<typeof post>): Promise<[status: number, outcome: string]> =>
      post(...order).then(
        ({ status, data }) => [status, data.status],
        (error) => {
          if (error instanceof CallRefused) return [error.status, error.code]
          throw error
        },
      )
    const ids = async () =>
      (await client.get('/orders', { query: { branchId: 'away' } })).items.map(({ id }) => id)
    assert.deepEqual(await answerTo(1000, strictly), [201, 'PAID'])
    assert.deepEqual(await answerTo(2_000_000, strictly), [201, 'REJECTED'])
    const decided = await ids()

    await system.services.payment.stop()
    assert.deepEqual(await answerTo(3000, strictly), [503, 'payment-timeout'])
    const [refused, ...others] = await ids()
    assert.deepEqual(others, decided)

    // The replica that waits dies, and with it the one that would have cancelled.
    const payBy = Date.now() + 2000
    const dying = post(4000, strictly).then(
      ({ status }) => status,
      (error) => (error instanceof CallRefused ? error.status : 502),
    )
    await eventually(async () => assert.equal((await ids()).length, 4))
    await system.services.order.kill()
    const died = await dying
    assert.ok(died >= 500, String(died))
    assert.deepEqual(await eventually(() => answerWhenBack(answerTo(5000))), [201, 'PLACED'])
    const [patient, orphan] = await ids()

    await eventually(() => assert.equal(Date.now() > payBy, true))
    system.services.payment.start()
    await using observer = await observe(system)
    const rows = await eventually(async () => {
      const rows = await observer.rows([])
      const statusOf = (id: string | undefined) => rows.orders.find(({ orderId }) => orderId === id)?.status
      assert.deepEqual([refused, orphan].map(statusOf), ['CANCELLED', 'CANCELLED'])
      assert.equal(statusOf(patient), 'DELIVERING')
      await observer.atRest()
      return rows
    })
    assert.deepEqual(violations(rows), [])
    const charged = rows.charges.map(({ orderId }) => orderId)
    assert.ok(!charged.includes(String(refused)) && !charged.includes(String(orphan)))
    assert.equal(charged.length, 3)
  })
})

/** Rejects where the gateway has answered, in place of the order service. */
async function answerWhenBack<T>(answer: Promise<[status: number, outcome: T]>) {
  const [status, outcome] = await answer
  assert.notEqual(status, 502)
  assert.notEqual(status, 503)
  return [status, outcome]
}
