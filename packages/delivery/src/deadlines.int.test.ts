import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { OrderCancelled } from '@saucery/contracts/order'
import { failOverdue } from './deadlines.ts'
import { findDelivery } from './store.ts'
import { testDeliveries } from './testing/deliveries.ts'

const service = await testDeliveries()
after(() => service[Symbol.asyncDispose]())
const { commit, db, handle, publishedOf, replica, start, startedAgo } = service

const hour = 3_600_000
const work = { db, commit, deadlineMs: hour }
const statusOf = async (orderId: string) => (await findDelivery(db, orderId))?.status

describe('the deadline of deliveries', () => {
  it('fails a delivery without a reported end as overdue, once, and no other', async () => {
    const overdue = await startedAgo(2 * hour)
    const fresh = await start()
    const other = await replica()
    await Promise.all([failOverdue(work), failOverdue({ ...work, ...other })])
    const failed = await findDelivery(db, overdue)
    assert.deepEqual(failed?.status === 'FAILED' && failed.reason, 'overdue')
    assert.deepEqual(await publishedOf(overdue), ['DeliveryFailed', 'DeliveryStarted'])
    assert.equal(await statusOf(fresh), 'STARTED')
  })

  it('leaves alone a delivery that ended in time', async () => {
    const orderId = await startedAgo(2 * hour)
    await handle(received(OrderCancelled({ orderId, reason: 'requested' })))
    await failOverdue(work)
    assert.equal(await statusOf(orderId), 'CANCELLED')
  })
})
