import { after, describe, it } from 'node:test'
import { assertPagesCostTheSame, orderIds } from '@saucery/chassis/testing/plans'
import { sql } from 'drizzle-orm'
import { type DeliveryQuery, selectDeliveries } from './store.ts'
import { testDeliveries } from './testing/deliveries.ts'

const service = await testDeliveries()
after(() => service[Symbol.asyncDispose]())
const { db } = service

const fill = (from: number, to: number) =>
  db.execute(sql`
    insert into deliveries (order_id, branch_id, sauce_id, qty, status)
    select id, branch_id, '1', 1, case when is_rare then 'FAILED' else 'COMPLETED' end
    from ${orderIds(from, to)}`)

describe('a page of deliveries', () => {
  it('costs of many what it costs of 10,000, however it is filtered', (t) =>
    assertPagesCostTheSame(t, {
      db,
      table: 'deliveries',
      fill,
      statement: (query) => selectDeliveries(db, query as DeliveryQuery),
      statuses: ['COMPLETED', 'FAILED'],
    }))
})
