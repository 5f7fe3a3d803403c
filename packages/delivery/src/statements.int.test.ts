import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { orderIds } from '@saucery/chassis/testing/plans'
import { assertReadByIndex } from '@saucery/chassis/testing/statement-plans'
import { watchService } from '@saucery/chassis/testing/statements'
import { sql } from 'drizzle-orm'
import { completeDue, failOverdue } from './deadlines.ts'
import { approvedAs, testDeliveries } from './testing/deliveries.ts'

const service = await testDeliveries()
const traffic = watchService(service)
after(async () => {
  traffic[Symbol.dispose]()
  await service[Symbol.asyncDispose]()
})
const { app, db, handle, start } = service

const fill = (from: number, to: number) =>
  db.execute(sql`
    insert into deliveries (order_id, branch_id, sauce_id, qty, status)
    select id, branch_id, '1', 1, 'COMPLETED' from ${orderIds(from, to)}`)

describe('the statements of delivery', () => {
  it('are as many for a hundred events at once as for one, and leave in two writes', async () => {
    async function deliver(): Promise<string> {
      const id = await start()
      assert.equal((await app.request(`/deliveries/${id}/complete`, { method: 'POST' })).status, 200)
      return id
    }
    const id = await deliver()
    const published = await traffic.unwatched(() => service.publishedOf(id))
    assert.deepEqual(published, ['DeliveryCompleted', 'DeliveryStarted'])
    assert.deepEqual(await traffic.leastOf(deliver), {
      statements: 14,
      writes: 4,
      roundTrips: 4,
      kilobytes: 2,
    })
    const hundred = () => Promise.all(Array.from({ length: 100 }, () => handle(received(approvedAs(id)))))
    assert.deepEqual(await traffic.leastOf(hundred), {
      statements: 6,
      writes: 2,
      roundTrips: 2,
      kilobytes: 9,
    })
  })

  it('read by index, however long the tables are, those that run again and again too', async () => {
    const id = await start('7')
    for (const query of [`/${id}`, '', '?status=STARTED', '?branchId=7', '?branchId=7&status=STARTED'])
      assert.equal((await app.request(`/deliveries${query}`)).status, 200)
    await failOverdue({ ...service, afterMs: 60_000 })
    await completeDue({ ...service, afterMs: 60_000 })
    const texts = await assertReadByIndex(await traffic.allStatements(), {
      url: service.postgresUrl,
      db,
      fill,
    })
    assert.ok(texts.length > 20, texts.join('\n'))
  })
})
