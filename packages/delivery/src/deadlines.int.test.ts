import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { OrderCancelled } from '@saucery/contracts/order'
import { completeDue, failOverdue } from './deadlines.ts'
import type { CommitDelivery } from './reactions.ts'
import { findDelivery } from './store.ts'
import { testDeliveries } from './testing/deliveries.ts'

const service = await testDeliveries()
after(() => service[Symbol.asyncDispose]())
const { commit, db, hear, replica, publishedOf, start } = service

const hour = 3_600_000
const statusOf = async (orderId: string) => (await findDelivery(db, orderId))?.status

/** Started so long ago. */
async function startedAgo(ms: number): Promise<string> {
  const orderId = await start()
  await db.execute(
    `update deliveries set started_at = started_at - interval '${ms} ms' where order_id = '${orderId}'`,
  )
  return orderId
}

describe('the automatic courier', () => {
  it('completes what is due, and only that', async () => {
    const due = await startedAgo(2 * hour)
    const fresh = await start()
    await completeDue(db, commit, hour)
    assert.equal(await statusOf(due), 'COMPLETED')
    assert.equal(await statusOf(fresh), 'STARTED')
  })

  it('completes all that is due in one go, however much', async () => {
    await db.execute(`
      insert into deliveries (order_id, status, branch_id, sauce_id, qty, started_at)
      select gen_random_uuid(), 'STARTED', 'many', '2', 3, now() - interval '2 hours' from generate_series(1, 1200)`)
    await completeDue(db, commit, hour)
    const left = await db.execute(
      `select status from deliveries where branch_id = 'many' and status <> 'COMPLETED'`,
    )
    assert.equal(left.length, 0)
  })

  it('completes after a restart what was started before', async () => {
    const orderId = await startedAgo(2 * hour)
    const restarted = await replica()
    await completeDue(restarted.db, restarted.commit, hour)
    assert.equal(await statusOf(orderId), 'COMPLETED')
  })

  it('completes once when two replicas see that it is due', async () => {
    const other = await replica()
    const orderIds = await Promise.all(Array.from({ length: 20 }, () => startedAgo(2 * hour)))
    await Promise.all([
      completeDue(db, commit, hour),
      completeDue(other.db, other.commit, hour),
      completeDue(db, commit, hour),
    ])
    for (const orderId of orderIds)
      assert.deepEqual(await publishedOf(orderId), ['DeliveryCompleted', 'DeliveryStarted'])
  })

  it('goes on with the others when a cancel is faster', async () => {
    const [cancelled, ...others] = await Promise.all(Array.from({ length: 5 }, () => startedAgo(2 * hour)))
    assert.ok(cancelled)
    const tooLate: CommitDelivery = async (change) => {
      if (change.key === cancelled)
        await hear(received(OrderCancelled({ orderId: cancelled, reason: 'requested' })))
      return commit(change)
    }
    await completeDue(db, tooLate, hour)
    assert.equal(await statusOf(cancelled), 'CANCELLED')
    for (const orderId of others) assert.equal(await statusOf(orderId), 'COMPLETED')
  })

  it('says why it cannot, when it is not a courier or a cancel that was faster', async () => {
    await startedAgo(2 * hour)
    const broken = () => Promise.reject(new Error('disk full'))
    await assert.rejects(completeDue(db, broken, hour), /disk full/)
    await completeDue(db, commit, hour)
  })

  it('finds nothing to do after all that', async () => {
    const untouched = () => Promise.reject(new Error('there is something'))
    await completeDue(db, untouched, hour)
  })
})

describe('the deadline of deliveries', () => {
  it('fails what nobody has told the end of, as overdue, once, and only that', async () => {
    const overdue = await startedAgo(2 * hour)
    const fresh = await start()
    const other = await replica()
    await Promise.all([failOverdue(db, commit, hour), failOverdue(other.db, other.commit, hour)])
    const failed = await findDelivery(db, overdue)
    assert.deepEqual(failed?.status === 'FAILED' && failed.reason, 'overdue')
    assert.deepEqual(await publishedOf(overdue), ['DeliveryFailed', 'DeliveryStarted'])
    assert.equal(await statusOf(fresh), 'STARTED')
  })

  it('leaves alone what ended in time', async () => {
    const orderId = await startedAgo(2 * hour)
    await hear(received(OrderCancelled({ orderId, reason: 'requested' })))
    await failOverdue(db, commit, hour)
    assert.equal(await statusOf(orderId), 'CANCELLED')
  })
})
