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
const bug: { isPresent: boolean } = { isPresent: true }
participant.consume(subscriptionsOf('payment'), async (event) => {
  if (bug.isPresent && event.name === 'OrderPlaced') throw new Unprocessable('a bug')
  await handle(event)
})

type DeadLetters = ListPage<{ orderId: string; sequence: number; handled: boolean }>
const deadLetterOf = (orderId: string) =>
  eventually(async () => {
    const { items } = await getJson<DeadLetters>(app, '/operations/payment/dead-letters')
    const deadLetter = items.find((item) => item.orderId === orderId)
    assert.ok(deadLetter, 'not a dead letter yet')
    return deadLetter
  })
async function retry(orderId: string): Promise<void> {
  const { sequence } = await deadLetterOf(orderId)
  const path = `/operations/payment/dead-letters/${sequence}/send-back`
  assert.equal((await app.request(path, { method: 'POST' })).status, 200)
}
const placed = (orderId: string) =>
  stamped(OrderPlaced({ orderId, branchId: '1', sauceId: '2', qty: 1, price: 1000, amount: 1000 }))

describe('an order whose event payment could not handle', () => {
  it('is charged once, however often the dead letter is retried', async () => {
    const orderId = uuidv7()
    bug.isPresent = true
    await nats.publish(placed(orderId))
    await deadLetterOf(orderId)
    bug.isPresent = false
    await Promise.all([retry(orderId), retry(orderId), retry(orderId)])
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
    assert.equal((await deadLetterOf(orderId)).handled, true)
    assert.equal((await books())[orderId]?.amount, 1000)
  })

  it('counts as handled even if it changes nothing any more', async () => {
    const orderId = uuidv7()
    bug.isPresent = true
    await nats.publish(placed(orderId))
    await deadLetterOf(orderId)
    await nats.publish(stamped(OrderCancelled({ orderId, reason: 'requested' })))
    await nats.consumedBy('payment')
    bug.isPresent = false
    await retry(orderId)
    assert.deepEqual(await publishedOf(orderId), ['PaymentVoided'])
    assert.equal((await deadLetterOf(orderId)).handled, true)
  })
})
