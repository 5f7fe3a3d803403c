import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { OrderCancelled } from '@saucery/contracts/order'
import { KeyBusy } from '@saucery/messaging/postgres/locks'
import { inList, lockRows } from '@saucery/messaging/testing/locked-rows'
import { completeDue, failOverdue } from './deadlines.ts'
import { type CommitDelivery, findDelivery, findStartedBefore } from './store.ts'
import { testDeliveries } from './testing/deliveries.ts'

const service = await testDeliveries()
after(() => service[Symbol.asyncDispose]())
const { commit, db, handle, postgresUrl, publishedOf, replica, start, startedAgo } = service

const hour = 3_600_000
const work = { db, commit, afterMs: hour }
const statusOf = async (orderId: string) => (await findDelivery(db, orderId))?.status
const cancel = (orderId: string) => handle(received(OrderCancelled({ orderId, reason: 'requested' })))

for (const { name, end, ended, event } of [
  { name: 'the deadline of deliveries', end: failOverdue, ended: 'FAILED', event: 'DeliveryFailed' },
  { name: 'the automatic courier', end: completeDue, ended: 'COMPLETED', event: 'DeliveryCompleted' },
])
  describe(name, () => {
    it('ends what is due, and only that', async () => {
      const dueId = await startedAgo(2 * hour)
      const fresh = await start()
      await end(work)
      assert.equal(await statusOf(dueId), ended)
      assert.equal(await statusOf(fresh), 'STARTED')
    })

    it('leaves alone a delivery that ended in time', async () => {
      const orderId = await startedAgo(2 * hour)
      await cancel(orderId)
      await end(work)
      assert.equal(await statusOf(orderId), 'CANCELLED')
    })

    it('ends all that is due in one go, however much', async () => {
      await db.execute(`
        insert into deliveries (order_id, status, branch_id, sauce_id, qty, started_at)
        select gen_random_uuid(), 'STARTED', '${ended}', '2', 3, now() - interval '2 hours' from generate_series(1, 1200)`)
      await end(work)
      const left = await db.execute(
        `select status from deliveries where branch_id = '${ended}' and status <> '${ended}'`,
      )
      assert.equal(left.length, 0)
    })

    it('ends after a restart what was started before', async () => {
      const orderId = await startedAgo(2 * hour)
      const restarted = await replica()
      await end({ ...work, ...restarted })
      assert.equal(await statusOf(orderId), ended)
    })

    it('ends a delivery once when two replicas see that it is due', async () => {
      const other = await replica()
      const orderIds = await Promise.all(Array.from({ length: 20 }, () => startedAgo(2 * hour)))
      await Promise.all([end(work), end({ ...work, ...other }), end(work)])
      for (const orderId of orderIds) assert.deepEqual(await publishedOf(orderId), [event, 'DeliveryStarted'])
    })

    it('ends the others when a cancel is faster for one', async () => {
      const [cancelled, ...others] = await Promise.all(Array.from({ length: 5 }, () => startedAgo(2 * hour)))
      assert.ok(cancelled)
      const tooLate: CommitDelivery = async (change) => {
        if (change.key === cancelled) await cancel(cancelled)
        return commit(change)
      }
      await end({ ...work, commit: tooLate })
      assert.equal(await statusOf(cancelled), 'CANCELLED')
      for (const orderId of others) assert.equal(await statusOf(orderId), ended)
    })

    it('ends the others while some are locked, and those afterwards', async () => {
      const locked = await Promise.all(Array.from({ length: 3 }, () => startedAgo(3 * hour)))
      await db.execute(`
        insert into deliveries (order_id, status, branch_id, sauce_id, qty, started_at)
        select gen_random_uuid(), 'STARTED', 'many', '2', 3, now() - interval '2 hours' from generate_series(1, 600)`)
      await using rows = await lockRows(postgresUrl, `deliveries where order_id ${inList(locked)}`)
      await assert.rejects(end(work), KeyBusy)
      const due = await findStartedBefore(db, new Date(Date.now() - hour), 1000)
      assert.deepEqual(new Set(due), new Set(locked))
      await rows.release()
      await end(work)
      for (const orderId of locked) assert.deepEqual(await publishedOf(orderId), [event, 'DeliveryStarted'])
    })

    it('throws a failure that is not a refusal', async () => {
      await startedAgo(2 * hour)
      const broken = () => Promise.reject(new Error('disk full'))
      await assert.rejects(end({ ...work, commit: broken }), /disk full/)
      await end(work)
    })

    it('finds nothing more to do', async () => {
      const untouched = () => Promise.reject(new Error('there is something'))
      await end({ ...work, commit: untouched })
    })
  })

describe('a delivery that is overdue', () => {
  it('fails with that reason', async () => {
    const overdue = await startedAgo(2 * hour)
    await failOverdue(work)
    const failed = await findDelivery(db, overdue)
    assert.deepEqual(failed?.status === 'FAILED' && failed.reason, 'overdue')
  })
})
