import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { getJson } from '@saucery/chassis/testing/http'
import { PaymentApproved } from '@saucery/contracts/payment'
import { firstIdAt } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import { KeyBusy } from '@saucery/messaging/postgres/locks'
import { inList, lockRows } from '@saucery/messaging/testing/locked-rows'
import { cancelOverdue } from './deadlines.ts'
import { type Order, place } from './domain.ts'
import { findPlacedBefore } from './store.ts'
import { amount, testOrders } from './testing/orders.ts'

const service = await testOrders()
after(() => service[Symbol.asyncDispose]())
const { app, commit, db, handle, place: placeNow, postgresUrl, replica, publishedOf } = service

const hour = 3_600_000
const deadline = { db, commit, deadlineMs: hour, consumedUntil: async () => Date.now() }
let made = 0

/** Places an order this long ago: its id holds the time. */
async function placedAgo(ms: number): Promise<string> {
  made += 1
  const id = firstIdAt(Date.now() - ms).replace(/.{12}$/, String(made).padStart(12, '0'))
  const request = { branchId: '1', sauceId: '2', qty: 10, price: 10_000 }
  await commit({
    key: id,
    cause: { id: 'test', traceparent: newTraceparent() },
    decide: () => place(id, request),
  })
  return id
}

const statusOf = async (id: string) => (await getJson<Order>(app, `/orders/${id}`)).status

describe('the deadline of payments', () => {
  it('cancels an order that payment has not decided on, once, and no other', async () => {
    const overdue = await placedAgo(2 * hour)
    const fresh = await placeNow()
    const other = await replica()
    await Promise.all([cancelOverdue(deadline), cancelOverdue({ ...deadline, ...other })])
    assert.equal(await statusOf(overdue), 'CANCELLING')
    assert.deepEqual(await publishedOf(overdue), ['OrderCancelled', 'OrderPlaced'])
    const [event] = await db.execute(`select data from outbox where subject = 'orders.cancelled.${overdue}'`)
    assert.deepEqual(event?.data, { orderId: overdue, reason: 'payment-timeout' })
    assert.equal(await statusOf(fresh.id), 'PLACED')
  })

  it('cancels nothing while payment events may be in a backlog, and then all that is due', async () => {
    const orderIds = await Promise.all(Array.from({ length: 600 }, () => placedAgo(2 * hour)))
    const cancelled = async () =>
      (await db.execute(`select id from orders where status = 'CANCELLING'`)).map(({ id }) => String(id))
    const before = await cancelled()
    for (const consumedAgo of [90 * 60_000, Number.POSITIVE_INFINITY])
      await cancelOverdue({ ...deadline, consumedUntil: async () => Date.now() - consumedAgo })
    assert.deepEqual(await cancelled(), before)
    await cancelOverdue(deadline)
    assert.deepEqual(new Set(await cancelled()), new Set([...before, ...orderIds]))
  })

  it('ends the others while some are locked, and those afterwards', async () => {
    const locked = await Promise.all(Array.from({ length: 3 }, () => placedAgo(3 * hour)))
    const others = await Promise.all(Array.from({ length: 600 }, () => placedAgo(2 * hour)))
    await using rows = await lockRows(postgresUrl, `orders where id ${inList(locked)}`)
    await assert.rejects(cancelOverdue(deadline), KeyBusy)
    assert.deepEqual(new Set(await findPlacedBefore(db, Date.now() - hour, 1000)), new Set(locked))
    await rows.release()
    await cancelOverdue(deadline)
    for (const id of [...locked, ...others.slice(0, 3)])
      assert.deepEqual(await publishedOf(id), ['OrderCancelled', 'OrderPlaced'])
  })

  it('leaves alone an order that payment has decided on', async () => {
    const orderId = await placedAgo(2 * hour)
    await handle(received(PaymentApproved({ orderId, branchId: '1', sauceId: '2', qty: 10, amount })))
    await cancelOverdue(deadline)
    assert.equal(await statusOf(orderId), 'PAID')
    assert.deepEqual(await publishedOf(orderId), ['OrderPlaced'])
  })
})
