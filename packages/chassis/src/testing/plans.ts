import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { firstIdAt } from '@saucery/messaging/events/event'
import type { Database } from '@saucery/messaging/postgres/database'
import { type SQL, sql } from 'drizzle-orm'
import type { PageQuery } from '../http/pages.ts'

/** The length of the long list; LIST_ROWS=1000000 makes it a million. */
const manyRows = Number(process.env.LIST_ROWS || 100_000)

const fewRows = 10_000

const start = Date.UTC(2026, 0, 1)
const minute = 60_000
const at = (minutes: number) => firstIdAt(start + minutes * minute)

type Query = PageQuery & { readonly status?: string; readonly branchId?: string; readonly sort?: 'oldest' }

/** One order a minute, of ten branches. One order in a hundred, all of branch 0, has `is_rare`. */
export const orderIds = (from: number, to: number, firstMs = start, everyMs = minute): SQL => sql`
  (select i, (i % 10)::text as branch_id, i % 100 = 0 as is_rare,
    (lpad(to_hex((${firstMs}::bigint + i::bigint * ${everyMs}) >> 16), 8, '0') || '-' ||
     lpad(to_hex((${firstMs}::bigint + i::bigint * ${everyMs}) & 65535), 4, '0') || '-7000-8000-' ||
     lpad(to_hex(i), 12, '0'))::uuid as id
  from generate_series(${from}::int, ${to}::int) as i) as placed`

/** Queries with different filters for a list of `count` orders. */
const filters = (count: number, common: string, rare: string): Query[] =>
  [
    {},
    { status: common },
    { status: rare },
    { branchId: '3' },
    { branchId: '3', status: common },
    { branchId: '0', status: rare },
    { branchId: '3', status: rare },
    { since: at(count / 2), until: at(count / 2 + 100) },
    { since: at(count / 2), until: at(count / 2 + 1000), branchId: '3', status: common },
    { cursor: at(count / 2), status: common },
    { cursor: at(count / 2), status: common, sort: 'oldest' as const },
    { status: rare, sort: 'oldest' as const },
  ].map((filter) => ({ limit: 50, ...filter }))

export interface PagedTable {
  readonly db: Database
  readonly table: string
  /** Inserts the orders with these numbers: `insert into … select … from ${orderIds(from, to)}`. */
  fill(from: number, to: number): Promise<unknown>
  /** The statement that finds a page. */
  statement(query: Query): { toSQL(): { sql: string; params: unknown[] } }
  /** The status of nearly all orders, and the one of those with `is_rare`. */
  readonly statuses: readonly [common: string, rare: string]
}

/** Fails when a page of a long list reads more blocks than a page of a short list, with any filter. */
export async function assertPagesCostTheSame(t: TestContext, lists: PagedTable): Promise<void> {
  await lists.fill(1, fewRows)
  const few = await blocksOfPages(lists, fewRows)
  // In parts, so that each stays within the time limit of a statement.
  for (let from = fewRows + 1; from <= manyRows; from += 50_000)
    await lists.fill(from, Math.min(from + 49_999, manyRows))
  const many = await blocksOfPages(lists, manyRows)
  t.diagnostic(`blocks read of ${fewRows}: ${few}; of ${manyRows}: ${many}`)
  // A longer index is one or two levels deeper, and each row can be on a block of its own.
  many.forEach((blocks, i) => {
    assert.ok(blocks <= (few[i] ?? 0) + 60, `filter ${i}: ${blocks} blocks instead of ${few[i]}`)
  })
}

async function blocksOfPages(
  { db, table, statement, statuses }: PagedTable,
  count: number,
): Promise<number[]> {
  await db.execute(sql`vacuum analyze ${sql.identifier(table)}`)
  const blocks: number[] = []
  for (const query of filters(count, ...statuses)) blocks.push(await blocksRead(db, statement(query).toSQL()))
  return blocks
}

interface Plan {
  readonly 'Node Type': string
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly Plans?: readonly Plan[]
}

/** How many blocks Postgres reads for a statement. Fails when it scans a whole table. */
async function blocksRead(
  db: Database,
  { sql: text, params }: { sql: string; params: unknown[] },
): Promise<number> {
  const literal = (_: string, n: string) => `'${String(params[Number(n) - 1]).replaceAll("'", "''")}'`
  const [row] = await db.execute<{ 'QUERY PLAN': { Plan: Plan }[] }>(
    sql.raw(`explain (analyze, buffers, format json) ${text.replace(/\$(\d+)/g, literal)}`),
  )
  const plan = row?.['QUERY PLAN'][0]?.Plan
  assert.ok(plan)
  const nodes = nodesOf(plan)
  assert.ok(!nodes.includes('Seq Scan'), `${text}: ${nodes.join(' < ')}`)
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
}

const nodesOf = (plan: Plan): string[] => [plan['Node Type'], ...(plan.Plans ?? []).flatMap(nodesOf)]
