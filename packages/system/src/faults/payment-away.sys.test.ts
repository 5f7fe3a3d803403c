import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { violations } from '../model/violations.ts'
import { observe } from '../support/observer.ts'
import { runningSystem } from '../support/running-system.ts'

const strictly = { prefer: 'wait=2, handling=strict' }

describe('an order whose payment is a condition', { timeout: 240_000 }, () => {
  it('is paid or declined while payment is there, and never charged when payment was away', async () => {
    await using system = await runningSystem()
    const post = (price: number, headers = {}) =>
      fetch(`${system.urls.gateway}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ branchId: 'away', sauceId: 1, qty: 1, price }),
      })
    const answerTo = async (...of: Parameters<typeof post>) => {
      const response = await post(...of)
      const { status, code } = (await response.json()) as { status: string; code?: string }
      return [response.status, code ?? status]
    }
    const ids = async () => {
      const answer = await fetch(`${system.urls.gateway}/orders?branchId=away`)
      return ((await answer.json()) as { items: { id: string }[] }).items.map(({ id }) => id)
    }
    assert.deepEqual(await answerTo(1000, strictly), [201, 'PAID'])
    assert.deepEqual(await answerTo(2_000_000, strictly), [201, 'REJECTED'])
    const decided = await ids()

    await system.services.payment.stop()
    const began = performance.now()
    assert.deepEqual(await answerTo(3000, strictly), [503, 'payment-timeout'])
    assert.ok(performance.now() - began < 2000)
    const [given, ...others] = await ids()
    assert.deepEqual(others, decided)

    // The replica that waits dies, and with it the one that would have cancelled.
    const payBy = Date.now() + 2000
    const dying = post(4000, strictly)
    await eventually(async () => assert.equal((await ids()).length, 4))
    await system.services.order.kill()
    const died = await dying.then(({ status }) => status).catch(() => 502)
    assert.ok(died >= 500, String(died))
    assert.deepEqual(await eventually(() => answerWhenBack(answerTo(5000))), [201, 'PLACED'])
    const [unhurried, orphan] = await ids()

    await eventually(() => assert.equal(Date.now() > payBy, true))
    system.services.payment.start()
    await using observer = await observe(system)
    const rows = await eventually(async () => {
      const rows = await observer.rows([])
      const statusOf = (id: string | undefined) => rows.orders.find(({ orderId }) => orderId === id)?.status
      assert.deepEqual([given, orphan].map(statusOf), ['CANCELLED', 'CANCELLED'])
      assert.equal(statusOf(unhurried), 'DELIVERING')
      assert.notEqual(await observer.rest(), undefined)
      return rows
    })
    assert.deepEqual(violations(rows), [])
    const charged = rows.charges.map(({ orderId }) => orderId)
    assert.ok(!charged.includes(String(given)) && !charged.includes(String(orphan)))
    assert.equal(charged.length, 3)
  })
})

/** An answer of the order service when it is back. */
async function answerWhenBack(answer: Promise<(string | number)[]>) {
  const found = await answer
  assert.notEqual(found[0], 502)
  assert.notEqual(found[0], 503)
  return found
}
