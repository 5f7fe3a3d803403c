import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { OrderCancelled } from '@saucery/contracts/order'
import { type CommitDelivery, findDelivery } from '../store.ts'
import { testDeliveries } from '../testing/deliveries.ts'
import { completeDue } from './courier.ts'

const service = await testDeliveries()
after(() => service[Symbol.asyncDispose]())
const { commit, db, handle, publishedOf, replica, start, startedAgo } = service

const hour = 3_600_000
const work = { db, commit, durationMs: hour }
const statusOf = async (orderId: string) => (await findDelivery(db, orderId))?.status

describe('the automatic courier', () => {
  it('completes what is due, and only that', async () => {
    const dueId = await startedAgo(2 * hour)
    const fresh = await start()
    await completeDue(work)
    assert.equal(await statusOf(dueId), 'COMPLETED')
    assert.equal(await statusOf(fresh), 'STARTED')
  })

  it('completes all that is due in one go, however much', async () => {
    await db.execute(`
      insert into deliveries (order_id, status, branch_id, sauce_id, qty, started_at)
      select gen_random_uuid(), 'STARTED', 'many', '2', 3, now() - interval '2 hours' from generate_series(1, 1200)`)
    await completeDue(work)
    const left = await db.execute(
      `select status from deliveries where branch_id = 'many' and status <> 'COMPLETED'`,
    )
    assert.equal(left.length, 0)
  })

  it('completes after a restart what was started before', async () => {
    const orderId = await startedAgo(2 * hour)
    const restarted = await replica()
    await completeDue({ ...work, ...restarted })
    assert.equal(await statusOf(orderId), 'COMPLETED')
  })

  it('completes once when two replicas see that it is due', async () => {
    const other = await replica()
    const orderIds = await Promise.all(Array.from({ length: 20 }, () => startedAgo(2 * hour)))
    await Promise.all([completeDue(work), completeDue({ ...work, ...other }), completeDue(work)])
    for (const orderId of orderIds)
      assert.deepEqual(await publishedOf(orderId), ['DeliveryCompleted', 'DeliveryStarted'])
  })

  it('completes the others when a cancel is faster for one', async () => {
    const [cancelled, ...others] = await Promise.all(Array.from({ length: 5 }, () => startedAgo(2 * hour)))
    assert.ok(cancelled)
    const tooLate: CommitDelivery = async (change) => {
      if (change.key === cancelled)
        await handle(received(OrderCancelled({ orderId: cancelled, reason: 'requested' })))
      return commit(change)
    }
    await completeDue({ ...work, commit: tooLate })
    assert.equal(await statusOf(cancelled), 'CANCELLED')
    for (const orderId of others) assert.equal(await statusOf(orderId), 'COMPLETED')
  })

  it('throws a failure that is not a refusal', async () => {
    await startedAgo(2 * hour)
    const broken = () => Promise.reject(new Error('disk full'))
    await assert.rejects(completeDue({ ...work, commit: broken }), /disk full/)
    await completeDue(work)
  })

  it('finds nothing more to do', async () => {
    const untouched = () => Promise.reject(new Error('there is something'))
    await completeDue({ ...work, commit: untouched })
  })
})
