import { after, describe, it } from 'node:test'
import { assertPagesCostTheSame, orderIds } from '@saucery/chassis/testing/plans'
import { sql } from 'drizzle-orm'
import { type OrderQuery, selectOrders } from './store.ts'
import { testOrders } from './testing/orders.ts'

const service = await testOrders()
after(() => service[Symbol.asyncDispose]())
const { db } = service

const fill = (from: number, to: number) =>
  db.execute(sql`
    insert into orders (id, branch_id, sauce_id, qty, price, amount, facts, status, placed_at)
    select id, branch_id, '1', 1, 1, 1, '{}', case when is_rare then 'CANCELLED' else 'PLACED' end, now()
    from ${orderIds(from, to)}`)

describe('a page of orders', () => {
  it('costs of many what it costs of 10,000, however it is filtered', (t) =>
    assertPagesCostTheSame(t, {
      db,
      table: 'orders',
      fill,
      statement: (query) => selectOrders(db, query as OrderQuery),
      statuses: ['PLACED', 'CANCELLED'],
    }))
})
