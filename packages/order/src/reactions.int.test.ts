import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received, stamped } from '@saucery/chassis/testing/events'
import { getJson } from '@saucery/chassis/testing/http'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { DeliveryCompleted, DeliveryStarted } from '@saucery/contracts/delivery'
import { PaymentApproved } from '@saucery/contracts/payment'
import type { Order } from './domain.ts'
import { reactions } from './reactions.ts'
import { amount, testOrders } from './testing/orders.ts'

const service = await testOrders()
after(() => service[Symbol.asyncDispose]())
const { app, handle, nats, participant, place, replica, publishedOf } = service

describe('an order that consumes the events of others', () => {
  it('keeps both of two facts that come at the same time, at two replicas', async () => {
    const other = reactions(await replica())
    for (let round = 0; round < 30; round++) {
      const { id, branchId, sauceId, qty } = await place()
      const approved = received(PaymentApproved({ orderId: id, branchId, sauceId, qty, amount }))
      const started = received(DeliveryStarted({ orderId: id, branchId, sauceId, qty }))
      await Promise.all([handle(approved), other(started)])
      const facts = ['DeliveryStarted', 'OrderPlaced', 'PaymentApproved']
      assert.deepEqual((await getJson<Order>(app, `/orders/${id}`)).facts, facts)
    }
  })

  it('shows what it consumed from the stream, however often it comes', async () => {
    participant.consume(subscriptionsOf('order'), handle)
    const order = await place()
    const { id: orderId, branchId, sauceId, qty } = order
    await nats.publish(stamped(PaymentApproved({ orderId, branchId, sauceId, qty, amount })), 5)
    await nats.consumedBy('order')
    await nats.publish(stamped(DeliveryStarted({ orderId, branchId, sauceId, qty })), 5)
    await nats.publish(stamped(DeliveryCompleted({ orderId })), 5)
    await nats.consumedBy('order')
    assert.equal((await getJson<Order>(app, `/orders/${orderId}`)).status, 'DELIVERED')
    assert.deepEqual(await publishedOf(orderId), ['OrderPlaced'])
  })
})
