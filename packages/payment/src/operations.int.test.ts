import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { addOperationsRoutes } from '@saucery/chassis/operations/operations'
import { stamped } from '@saucery/chassis/testing/events'
import { getJson, type ListPage } from '@saucery/chassis/testing/http'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { OrderCancelled, OrderPlaced } from '@saucery/contracts/order'
import { Unprocessable } from '@saucery/messaging/events/cloud-events'
import { eventually } from '@saucery/messaging/testing/eventually'
import { v7 as uuidv7 } from 'uuid'
import { testPayments } from './testing/payments.ts'

const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const { app, participant, nats, handle, publishedOf, books } = service
addOperationsRoutes(app, { service: 'payment', broker: service.broker, ...participant })
const bug: { isThere: boolean } = { isThere: true }
participant.consume(subscriptionsOf('payment'), async (event) => {
  if (bug.isThere && event.name === 'OrderPlaced') throw new Unprocessable('a bug')
  await handle(event)
})

type Letters = ListPage<{ orderId: string; sequence: number; handled: boolean }>
const letterOf = (orderId: string) =>
  eventually(async () => {
    const { items } = await getJson<Letters>(app, '/operations/payment/dead-letters')
    const letter = items.find((item) => item.orderId === orderId)
    assert.ok(letter, 'not buried yet')
    return letter
  })
async function sendBack(orderId: string): Promise<void> {
  const { sequence } = await letterOf(orderId)
  const path = `/operations/payment/dead-letters/${sequence}/send-back`
  assert.equal((await app.request(path, { method: 'POST' })).status, 200)
}
const placed = (orderId: string) =>
  stamped(OrderPlaced({ orderId, branchId: '1', sauceId: '2', qty: 1, price: 1000, amount: 1000 }))

describe('an order that payment could not handle', () => {
  it('is charged once, however often it is sent back', async () => {
    const orderId = uuidv7()
    bug.isThere = true
    await nats.publish(placed(orderId))
    await letterOf(orderId)
    bug.isThere = false
    await Promise.all([sendBack(orderId), sendBack(orderId), sendBack(orderId)])
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
    assert.equal((await letterOf(orderId)).handled, true)
    assert.equal((await books())[orderId]?.amount, 1000)
  })

  it('counts as handled also when there is nothing to do about it any more', async () => {
    const orderId = uuidv7()
    bug.isThere = true
    await nats.publish(placed(orderId))
    await letterOf(orderId)
    await nats.publish(stamped(OrderCancelled({ orderId, reason: 'requested' })))
    await nats.consumedBy('payment')
    bug.isThere = false
    await sendBack(orderId)
    assert.deepEqual(await publishedOf(orderId), ['PaymentVoided'])
    assert.equal((await letterOf(orderId)).handled, true)
  })
})
