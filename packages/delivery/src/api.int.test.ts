import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { getJson, readProblem } from '@saucery/chassis/testing/http'
import { exampleOrderId } from '@saucery/contracts/fields'
import { OrderCancelled } from '@saucery/contracts/order'
import { v7 as uuidv7 } from 'uuid'
import { deliveryApi } from './api.ts'
import type { Delivery } from './domain.ts'
import { deadlineMs, testDeliveries } from './testing/deliveries.ts'

const service = await testDeliveries()
after(() => service[Symbol.asyncDispose]())
const { app, handle, replica, publishedOf, start } = service

const post = (path: string, at = app, headers = {}) => at.request(path, { method: 'POST', headers })
const cancel = (orderId: string) => handle(received(OrderCancelled({ orderId, reason: 'requested' })))

for (const [word, status, event, opposite] of [
  ['complete', 'COMPLETED', 'DeliveryCompleted', 'fail'],
  ['fail', 'FAILED', 'DeliveryFailed', 'complete'],
] as const)
  describe(`POST /deliveries/{id}/${word}`, () => {
    it('answers 200 with the event, and again 200 without a second one', async () => {
      const orderId = await start()
      const first = await post(`/deliveries/${orderId}/${word}`)
      assert.equal(first.status, 200)
      assert.ok(first.headers.get('event-id'))
      const delivery = (await first.json()) as Delivery
      assert.equal(delivery.status, status)
      assert.deepEqual(await getJson(app, `/deliveries/${orderId}`), delivery)

      const again = await post(`/deliveries/${orderId}/${word}`)
      assert.equal(again.status, 200)
      assert.equal(again.headers.get('event-id'), null)
      assert.deepEqual(await again.json(), delivery)
      assert.deepEqual(await publishedOf(orderId), [event, 'DeliveryStarted'])
    })

    it('answers 409 when the delivery ended another way', async () => {
      const orderId = await start()
      await post(`/deliveries/${orderId}/${opposite}`)
      const conflict = { status: 409, code: 'delivery-already-final', places: [] }
      assert.deepEqual(await readProblem(post(`/deliveries/${orderId}/${word}`)), conflict)
      const cancelled = await start()
      await cancel(cancelled)
      assert.deepEqual(await readProblem(post(`/deliveries/${cancelled}/${word}`)), conflict)
      assert.deepEqual(await publishedOf(cancelled), ['DeliveryCancelled', 'DeliveryStarted'])
    })

    it('gives a repeat with the same key the first answer', async () => {
      const path = `/deliveries/${await start()}/${word}`
      const other = deliveryApi({ ...(await replica()), deadlineMs })
      const headers = { 'idempotency-key': `"${uuidv7()}"` }
      const first = await post(path, app, headers)
      const again = await post(path, other, headers)
      assert.deepEqual([again.status, await again.text()], [200, await first.text()])
      assert.ok(first.headers.get('event-id'))
      assert.equal(again.headers.get('event-id'), first.headers.get('event-id'))

      const reused = { status: 422, code: 'idempotency-key-reused', places: [] }
      assert.deepEqual(await readProblem(post(path.replace(word, opposite), other, headers)), reused)
    })

    it('answers 404 for a delivery that does not exist, or not yet', async () => {
      const remembered = uuidv7()
      await cancel(remembered)
      for (const id of [exampleOrderId, remembered, 'x', '%00'])
        assert.deepEqual(await readProblem(post(`/deliveries/${id}/${word}`)), {
          status: 404,
          code: 'not-found',
          places: [],
        })
    })
  })

describe('two couriers at once', () => {
  it('complete once, at two replicas', async () => {
    const orderId = await start()
    const other = deliveryApi({ ...(await replica()), deadlineMs })
    const path = `/deliveries/${orderId}/complete`
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => post(path, i % 2 ? app : other)))
    assert.ok(answers.every(({ status }) => status === 200))
    assert.equal(answers.filter(({ headers }) => headers.has('event-id')).length, 1)
    assert.deepEqual(await publishedOf(orderId), ['DeliveryCompleted', 'DeliveryStarted'])
  })

  it('get one 200 and one 409 when they disagree', async () => {
    const other = deliveryApi({ ...(await replica()), deadlineMs })
    for (let i = 0; i < 10; i++) {
      const orderId = await start()
      const answers = await Promise.all([
        post(`/deliveries/${orderId}/complete`),
        post(`/deliveries/${orderId}/fail`, other),
      ])
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
      assert.equal((await publishedOf(orderId)).length, 2)
    }
  })
})
