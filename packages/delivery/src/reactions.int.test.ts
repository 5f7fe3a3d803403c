import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received, stamped } from '@saucery/chassis/testing/events'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { OrderCancelled } from '@saucery/contracts/order'
import { v7 as uuidv7 } from 'uuid'
import { complete } from './domain.ts'
import { reactions } from './reactions.ts'
import { findDelivery } from './store.ts'
import { approvedAs, testDeliveries } from './testing/deliveries.ts'

const service = await testDeliveries()
after(() => service[Symbol.asyncDispose]())
const { commit, db, handle, nats, participant, replica, publishedOf, start } = service
participant.consume(subscriptionsOf('delivery'), handle)

const cancelledAs = (orderId: string) => OrderCancelled({ orderId, reason: 'requested' })
const statusOf = async (orderId: string) => (await findDelivery(db, orderId))?.status
const courier = (orderId: string) => ({ key: orderId, cause: { id: 'a-courier', traceparent: '' } })

describe('a paid order', () => {
  it('is sent once when its payment comes twenty times at once, at two replicas', async () => {
    const other = reactions(await replica())
    const event = received(approvedAs(uuidv7()))
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? handle(event) : other(event))))
    assert.deepEqual(await publishedOf(event.data.orderId), ['DeliveryStarted'])
  })

  it('is sent once when its payment comes over the stream again and again', async () => {
    const orderId = uuidv7()
    await nats.publish(stamped(approvedAs(orderId)), 10)
    await nats.consumedBy('delivery')
    assert.deepEqual(await publishedOf(orderId), ['DeliveryStarted'])
  })

  it('is sent once, by the inbox alone and by the state alone', async () => {
    const event = received(approvedAs(uuidv7()))
    await handle(event)
    await db.execute(`delete from deliveries where order_id = '${event.data.orderId}'`)
    await handle(event)
    assert.deepEqual(await publishedOf(event.data.orderId), ['DeliveryStarted'])

    const another = received(approvedAs(uuidv7()))
    await handle(another)
    await db.execute('delete from inbox')
    await handle(another)
    assert.deepEqual(await publishedOf(another.data.orderId), ['DeliveryStarted'])
  })
})

describe('a cancelled order', () => {
  it('is not sent when the cancel comes before the payment', async () => {
    const orderId = uuidv7()
    await nats.publish(stamped(cancelledAs(orderId)), 3)
    await nats.consumedBy('delivery')
    assert.equal(await statusOf(orderId), undefined)
    await nats.publish(stamped(approvedAs(orderId)), 3)
    await nats.consumedBy('delivery')
    assert.equal(await statusOf(orderId), 'CANCELLED')
    assert.deepEqual(await publishedOf(orderId), ['DeliveryCancelled'])
  })

  it('is cancelled once, whichever replica gets which event first', async () => {
    const other = reactions(await replica())
    for (let round = 0; round < 40; round++) {
      const orderId = uuidv7()
      const [one, two] = round % 2 ? [handle, other] : [other, handle]
      const [approved, cancelled] = [received(approvedAs(orderId)), received(cancelledAs(orderId))]
      await Promise.all([one(approved), two(cancelled), two(approved), one(cancelled)])
      assert.equal(await statusOf(orderId), 'CANCELLED')
      assert.match((await publishedOf(orderId)).join(), /^DeliveryCancelled(,DeliveryStarted)?$/)
    }
  })

  it('publishes once that the cancel came after the arrival', async () => {
    const orderId = await start()
    await commit({ ...courier(orderId), decide: complete })
    // Each has an id of its own, so that the inbox knows nothing.
    await Promise.all(Array.from({ length: 10 }, () => handle(received(cancelledAs(orderId)))))
    assert.deepEqual(await publishedOf(orderId), [
      'CancellationRefused',
      'DeliveryCompleted',
      'DeliveryStarted',
    ])
  })

  it('either arrives or is cancelled when the courier and the cancel come at once', async () => {
    const other = reactions(await replica())
    for (let round = 0; round < 40; round++) {
      const orderId = await start()
      const arriving = commit({ ...courier(orderId), decide: complete })
      await Promise.allSettled([arriving, other(received(cancelledAs(orderId)))])
      const published = (await publishedOf(orderId)).filter((name) => name !== 'DeliveryStarted').join()
      assert.match(published, /^(DeliveryCancelled|CancellationRefused,DeliveryCompleted)$/)
    }
  })
})
