import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received, stamped } from '@saucery/chassis/testing/events'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { DeliveryCancelled, DeliveryFailed } from '@saucery/contracts/delivery'
import { OrderCancelled, OrderPlaced } from '@saucery/contracts/order'
import { v7 as uuidv7 } from 'uuid'
import type { PaymentProvider } from './provider/provider.ts'
import { findPayment } from './store.ts'
import { breakable, limit, testPayments } from './testing/payments.ts'

const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const { askDue, books, db, handle, nats, otherReplica, participant, passTimers, publishedOf } = service
participant.consume(subscriptionsOf('payment'), handle)

const placedAs = (orderId: string, amount = 3000) =>
  OrderPlaced({ orderId, branchId: '1', sauceId: '2', qty: 3, price: amount / 3, amount })
const cancelledAs = (orderId: string) => OrderCancelled({ orderId, reason: 'requested' })
const failedAs = (orderId: string) => DeliveryFailed({ orderId, reason: 'undeliverable' })

const statusOf = async (orderId: string) => (await findPayment(db, orderId))?.status
const charged = { amount: 3000, declined: null, refunds: 0 }

/** Empties the inbox, so that only the state guards. */
const pruneInbox = () => db.execute('delete from inbox')

const loseState = (orderId: string) => db.execute(`delete from payments where order_id = '${orderId}'`)

describe('an order that is placed', () => {
  it('is charged once when its event comes twenty times at once, at two replicas', async () => {
    const orderId = uuidv7()
    const other = await otherReplica()
    const event = received(placedAs(orderId))
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? handle(event) : other.handle(event))))
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
    assert.deepEqual((await books())[orderId], charged)
  })

  it('is charged once when each event has an id of its own, which the inbox does not know', async () => {
    const other = await otherReplica()
    for (let round = 0; round < 10; round++) {
      const orderId = uuidv7()
      const copies = Array.from({ length: 6 }, () => received(placedAs(orderId)))
      await Promise.all(copies.map((event, i) => (i % 2 ? handle(event) : other.handle(event))))
      assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
      assert.deepEqual((await books())[orderId], charged)
    }
  })

  it('is charged once when it comes over the stream again and again', async () => {
    const orderId = uuidv7()
    await nats.publish(stamped(placedAs(orderId)), 10)
    await nats.consumedBy('payment')
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
    assert.equal(await statusOf(orderId), 'APPROVED')
  })

  it('is declined above the limit', async () => {
    const orderId = uuidv7()
    await handle(received(placedAs(orderId, limit + 2)))
    assert.deepEqual(await publishedOf(orderId), ['PaymentDeclined'])
    assert.equal(await statusOf(orderId), 'DECLINED')
  })

  it('is approved and charged once when its answer was lost', async () => {
    const orderId = uuidv7()
    const event = received(placedAs(orderId))
    const failing = await otherReplica(breakable('unknown'))
    await failing.handle(event)
    assert.equal(await statusOf(orderId), 'PENDING')
    assert.deepEqual(await publishedOf(orderId), [])
    await handle(event)
    assert.deepEqual(await publishedOf(orderId), [])
    await passTimers()
    await askDue()
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
    assert.deepEqual((await books())[orderId], charged)
  })

  it('is charged when the provider was away', async () => {
    const orderId = uuidv7()
    const failing = await otherReplica(breakable('away'))
    await failing.handle(received(placedAs(orderId)))
    await passTimers()
    await askDue()
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
  })

  it('is charged with its own id as the idempotency key', async () => {
    const orderId = uuidv7()
    const asked: Parameters<PaymentProvider['charge']>[0][] = []
    const recording = await otherReplica({
      wrap: (provider) => ({
        ...provider,
        charge(charge, signal) {
          asked.push(charge)
          return provider.charge(charge, signal)
        },
      }),
    })
    await recording.handle(received(placedAs(orderId)))
    assert.deepEqual(asked, [{ idempotencyKey: orderId, amount: 3000 }])
  })

  it('is not charged again for what the state forgot but the inbox remembers', async () => {
    const orderId = uuidv7()
    const event = received(placedAs(orderId))
    await handle(event)
    await loseState(orderId)
    await handle(event)
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
  })

  it('is not charged again for what the inbox forgot but the state remembers', async () => {
    const orderId = uuidv7()
    const event = received(placedAs(orderId))
    await handle(event)
    await pruneInbox()
    await handle(event)
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
  })
})

describe('an order that must be paid by a time', () => {
  const payBy = '2026-01-01T00:00:00.680Z'
  const placedStrictly = (orderId: string) => received(OrderPlaced({ ...placedAs(orderId).data, payBy }))

  it('is voided once and never charged when it is read too late, though its cancel is still to come', async () => {
    const orderId = uuidv7()
    const other = await otherReplica()
    const event = placedStrictly(orderId)
    const copies = Array.from({ length: 20 }, (_, i) => (i % 2 ? event : placedStrictly(orderId)))
    await Promise.all(copies.map((event, i) => (i % 4 < 2 ? handle(event) : other.handle(event))))
    await handle(received(OrderCancelled({ orderId, reason: 'payment-timeout' })))
    assert.deepEqual(await publishedOf(orderId), ['PaymentVoided'])
    assert.equal(await statusOf(orderId), 'VOIDED')
    assert.equal((await books())[orderId], undefined)
  })

  it('is charged when it is read in time', async () => {
    const orderId = uuidv7()
    const inTime = await otherReplica({ now: () => new Date(payBy) })
    await inTime.handle(placedStrictly(orderId))
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
  })

  it('is settled when the time passes between two calls', async () => {
    const orderId = uuidv7()
    const inTime = await otherReplica({ ...breakable('away'), now: () => new Date(payBy) })
    await inTime.handle(placedStrictly(orderId))
    await handle(placedStrictly(orderId))
    await passTimers()
    await askDue()
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
  })
})

describe('an order that is cancelled', () => {
  it('is never charged when the cancel comes first', async () => {
    const orderId = uuidv7()
    await nats.publish(stamped(cancelledAs(orderId)), 3)
    await nats.consumedBy('payment')
    await nats.publish(stamped(placedAs(orderId)), 3)
    await nats.consumedBy('payment')
    assert.deepEqual(await publishedOf(orderId), ['PaymentVoided'])
    assert.equal((await books())[orderId], undefined)
  })

  it('is either voided or charged, never both, when the two come at once', async () => {
    const other = await otherReplica()
    for (let round = 0; round < 40; round++) {
      const orderId = uuidv7()
      const [one, two] = round % 2 ? [handle, other.handle] : [other.handle, handle]
      await Promise.all([one(received(placedAs(orderId))), two(received(cancelledAs(orderId)))])
      const charged = (await books())[orderId] !== undefined
      assert.deepEqual(await publishedOf(orderId), [charged ? 'PaymentApproved' : 'PaymentVoided'])
    }
  })

  it('is voided once, by the inbox alone and by the state alone', async () => {
    const orderId = uuidv7()
    const event = received(cancelledAs(orderId))
    await handle(event)
    await loseState(orderId)
    await handle(event)
    assert.deepEqual(await publishedOf(orderId), ['PaymentVoided'])

    const another = received(cancelledAs(uuidv7()))
    await handle(another)
    await pruneInbox()
    await handle(another)
    assert.deepEqual(await publishedOf(another.data.orderId), ['PaymentVoided'])
  })
})

describe('a paid order that does not arrive', () => {
  for (const doesNotArrive of [failedAs, (orderId: string) => DeliveryCancelled({ orderId })])
    it(`is refunded once when ${doesNotArrive('').name} comes many times, at two replicas`, async () => {
      const orderId = uuidv7()
      await handle(received(placedAs(orderId)))
      const other = await otherReplica()
      const event = received(doesNotArrive(orderId))
      await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? handle(event) : other.handle(event))))
      // Copies with ids of their own, which the inbox does not know.
      await Promise.all([
        handle(received(doesNotArrive(orderId))),
        other.handle(received(doesNotArrive(orderId))),
      ])
      assert.deepEqual(await publishedOf(orderId), ['PaymentApproved', 'PaymentRefunded'])
      assert.deepEqual((await books())[orderId], { ...charged, refunds: 1 })
    })

  it('is refunded and published once when the answer was lost', async () => {
    const orderId = uuidv7()
    await handle(received(placedAs(orderId)))
    const failing = await otherReplica(breakable('unknown'))
    await failing.handle(received(failedAs(orderId)))
    assert.equal(await statusOf(orderId), 'REFUND_PENDING')
    await passTimers()
    await askDue()
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved', 'PaymentRefunded'])
    assert.deepEqual((await books())[orderId], { ...charged, refunds: 1 })
  })

  it('is not refunded when it was declined', async () => {
    const orderId = uuidv7()
    await handle(received(placedAs(orderId, limit + 2)))
    await handle(received(failedAs(orderId)))
    assert.deepEqual(await publishedOf(orderId), ['PaymentDeclined'])
  })
})
