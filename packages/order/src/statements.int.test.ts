import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { orderIds } from '@saucery/chassis/testing/plans'
import { assertReadByIndex } from '@saucery/chassis/testing/statement-plans'
import { watchService } from '@saucery/chassis/testing/statements'
import { DeliveryCompleted, DeliveryStarted } from '@saucery/contracts/delivery'
import { sql } from 'drizzle-orm'
import { cancelOverdue } from './deadlines.ts'
import { testOrders } from './testing/orders.ts'
import { approvalOf } from './testing/payment-wait.ts'

const service = await testOrders()
const traffic = watchService(service)
after(async () => {
  traffic[Symbol.dispose]()
  await service[Symbol.asyncDispose]()
})
const { app, db, handle, place } = service

const fill = (from: number, to: number) =>
  db.execute(sql`
    insert into orders (id, branch_id, sauce_id, qty, price, amount, facts, status, placed_at)
    select id, branch_id, '1', 1, 1, 1, '{}', 'DELIVERED', now() from ${orderIds(from, to)}`)

describe('the statements of order', () => {
  it('are as many for a hundred events at once as for one, and leave in two writes', async () => {
    const factsOf = (orderId: string) => [
      approvalOf(orderId),
      DeliveryStarted({ orderId, branchId: '1', sauceId: '2', qty: 10 }),
      DeliveryCompleted({ orderId }),
    ]
    async function saga(): Promise<string> {
      const { id } = await place()
      for (const fact of factsOf(id)) await handle(received(fact))
      return id
    }
    const id = await saga()
    assert.deepEqual(await traffic.unwatched(() => service.publishedOf(id)), ['OrderPlaced'])
    // A request reads no inbox, and an event that is only remembered publishes nothing.
    assert.deepEqual(await traffic.leastOf(() => place()), {
      statements: 6,
      writes: 2,
      roundTrips: 2,
      kilobytes: 1,
    })
    const paid = async () => handle(received(approvalOf((await place()).id)))
    assert.deepEqual(await traffic.leastOf(paid), { statements: 13, writes: 4, roundTrips: 4, kilobytes: 2 })
    assert.deepEqual(await traffic.leastOf(saga), { statements: 27, writes: 8, roundTrips: 8, kilobytes: 3 })
    const { id: known } = await place()
    const hundred = () => Promise.all(Array.from({ length: 100 }, () => handle(received(approvalOf(known)))))
    assert.deepEqual(await traffic.leastOf(hundred), {
      statements: 6,
      writes: 2,
      roundTrips: 2,
      kilobytes: 9,
    })
  })

  it('read by index, however long the tables are, those that run again and again too', async () => {
    const { id } = await place({ branchId: 7 })
    for (const query of ['', `/${id}`, '?status=PLACED', '?branchId=7', '?branchId=7&status=PLACED'])
      assert.equal((await app.request(`/orders${query}`)).status, 200)
    await cancelOverdue({ ...service, deadlineMs: 1, consumedUntil: async () => Date.now() - 60_000 })
    const texts = await assertReadByIndex(await traffic.allStatements(), {
      url: service.postgresUrl,
      db,
      fill,
    })
    assert.ok(texts.length > 20, texts.join('\n'))
  })
})
