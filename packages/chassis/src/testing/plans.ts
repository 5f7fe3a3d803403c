import assert from 'node:assert/strict'
import type { Database } from '@saucery/messaging/database'
import { firstIdAt } from '@saucery/messaging/event'
import { type SQL, sql } from 'drizzle-orm'
import type { PageQuery } from '../pages.ts'

/** The longer of two lists; LIST_ROWS=1000000 looks at a million. */
export const manyRows = Number(process.env.LIST_ROWS || 100_000)

const start = Date.UTC(2026, 0, 1)
const minute = 60_000
const at = (minutes: number) => firstIdAt(start + minutes * minute)

type Query = PageQuery & { readonly status?: string; readonly branchId?: string }

/** One order a minute, of ten branches; `rare` is the status of one in a hundred, all of branch 0. */
export const orderIds = (from: number, to: number): SQL => sql`
  (select i, (i % 10)::text as branch_id, i % 100 = 0 as is_rare,
    (lpad(to_hex((${start}::bigint + i::bigint * ${minute}) >> 16), 8, '0') || '-' ||
     lpad(to_hex((${start}::bigint + i::bigint * ${minute}) & 65535), 4, '0') || '-7000-8000-' ||
     lpad(to_hex(i), 12, '0'))::uuid as id
  from generate_series(${from}::int, ${to}::int) as i) as placed`

/** Every combination of filters, in a list of `count` orders. */
export const filters = (count: number, common: string, rare: string): Query[] =>
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
  ].map((filter) => ({ limit: 50, ...filter }))

interface Plan {
  readonly 'Node Type': string
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly Plans?: readonly Plan[]
}

/**
 * How many blocks the server reads for a statement.
 * Fails where it reads a table from one end to the other.
 */
export async function blocksRead(
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
