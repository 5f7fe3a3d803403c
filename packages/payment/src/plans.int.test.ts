import { after, describe, it } from 'node:test'
import { assertPagesCostTheSame, orderIds } from '@saucery/chassis/testing/plans'
import { sql } from 'drizzle-orm'
import { type PaymentQuery, selectPayments } from './store.ts'
import { testPayments } from './testing/payments.ts'

const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const { db } = service

const fill = (from: number, to: number) =>
  db.execute(sql`
    insert into payments (order_id, branch_id, sauce_id, qty, amount, status)
    select id, branch_id, '1', 1, 1, case when is_rare then 'REFUNDED' else 'APPROVED' end
    from ${orderIds(from, to)}`)

describe('a page of payments', () => {
  it('costs of many what it costs of 10,000, however it is filtered', (t) =>
    assertPagesCostTheSame(t, {
      db,
      table: 'payments',
      fill,
      statement: (query) => selectPayments(db, query as PaymentQuery),
      statuses: ['APPROVED', 'REFUNDED'],
    }))
})
