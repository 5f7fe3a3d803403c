import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { silentLog } from '@saucery/chassis/testing/log'
import { orderIds } from '@saucery/chassis/testing/plans'
import { assertReadByIndex } from '@saucery/chassis/testing/statement-plans'
import { watchService } from '@saucery/chassis/testing/statements'
import { OrderPlaced } from '@saucery/contracts/order'
import { sql } from 'drizzle-orm'
import { Registry } from 'prom-client'
import { v7 as uuidv7 } from 'uuid'
import { measureUnknown } from './provider-calls/measure.ts'
import { testPayments } from './testing/payments.ts'

const service = await testPayments()
const traffic = watchService(service)
after(async () => {
  traffic[Symbol.dispose]()
  await service[Symbol.asyncDispose]()
})
const { app, askDue, db, handle } = service

const placed = (branchId = '1') =>
  OrderPlaced({ orderId: uuidv7(), branchId, sauceId: '2', qty: 1, price: 100, amount: 100 })

async function fill(from: number, to: number): Promise<void> {
  await db.execute(sql`
    insert into simulated_charges select id::text, 1, null, 0 from ${orderIds(from, to)}`)
  await db.execute(sql`
    insert into payments (order_id, branch_id, sauce_id, qty, amount, status)
    select id, branch_id, '1', 1, 1, 'APPROVED' from ${orderIds(from, to)}`)
}

describe('the statements of payment', () => {
  it('are as many for a hundred events at once as for one, and leave in two writes', async () => {
    const fact = placed()
    await handle(received(fact))
    const published = await traffic.unwatched(() => service.publishedOf(fact.data.orderId))
    assert.deepEqual(published, ['PaymentApproved'])
    // It reserves, books the charge in one statement, and settles.
    const one = { statements: 14, writes: 5, roundTrips: 5, kilobytes: 2 }
    assert.deepEqual(await traffic.leastOf(() => handle(received(placed()))), one)
    const hundred = () => Promise.all(Array.from({ length: 100 }, () => handle(received(fact))))
    assert.deepEqual(await traffic.leastOf(hundred), {
      statements: 6,
      writes: 2,
      roundTrips: 2,
      kilobytes: 9,
    })
  })

  it('read by index, however long the tables are, those that run again and again too', async () => {
    const fact = placed('7')
    await handle(received(fact))
    for (const query of [
      `/${fact.data.orderId}`,
      '',
      '?status=PENDING',
      '?branchId=7',
      '?branchId=7&status=PENDING',
    ])
      assert.equal((await app.request(`/payments${query}`)).status, 200)
    await askDue()
    await measureUnknown(db, new Registry(), silentLog)()
    const texts = await assertReadByIndex(await traffic.allStatements(), {
      url: service.postgresUrl,
      db,
      fill,
    })
    assert.ok(texts.length > 20, texts.join('\n'))
  })
})
