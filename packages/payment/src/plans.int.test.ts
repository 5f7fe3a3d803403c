import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { blocksRead, filters, manyRows, orderIds } from '@saucery/chassis/testing/plans'
import { sql } from 'drizzle-orm'
import { type PaymentQuery, selectPayments } from './store.ts'
import { testPayments } from './testing.ts'

const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const { db } = service

const fill = (from: number, to: number) =>
  db.execute(sql`
    insert into payments (order_id, branch_id, sauce_id, qty, amount, status)
    select id, branch_id, '1', 1, 1, case when is_rare then 'REFUNDED' else 'APPROVED' end
    from ${orderIds(from, to)}`)

async function blocksOfPages(count: number): Promise<number[]> {
  await db.execute(sql`vacuum analyze payments`)
  const blocks: number[] = []
  for (const query of filters(count, 'APPROVED', 'REFUNDED'))
    blocks.push(await blocksRead(db, selectPayments(db, query as PaymentQuery).toSQL()))
  return blocks
}

describe('a page of payments', () => {
  it('costs of many what it costs of 10,000, however it is filtered', async (t) => {
    await fill(1, 10_000)
    const few = await blocksOfPages(10_000)
    // In parts, each well within the time limit of a statement.
    for (let from = 10_001; from <= manyRows; from += 50_000)
      await fill(from, Math.min(from + 49_999, manyRows))
    const many = await blocksOfPages(manyRows)
    t.diagnostic(`blocks read of 10,000: ${few}; of ${manyRows}: ${many}`)
    // An index of ten times as much is a level or two deeper, and each row may be on a block of its own.
    many.forEach((blocks, i) => {
      assert.ok(blocks <= (few[i] ?? 0) + 60, `filter ${i}: ${blocks} blocks instead of ${few[i]}`)
    })
  })
})
