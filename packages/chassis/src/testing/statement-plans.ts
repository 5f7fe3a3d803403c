import assert from 'node:assert/strict'
import { type Database, openDatabase, type Transaction } from '@saucery/messaging/postgres/database'
import type { SentStatement } from '@saucery/messaging/testing/postgres-traffic'
import { type SQL, sql } from 'drizzle-orm'
import { orderIds } from './plans.ts'

const fewRows = 100
const manyRows = 100_000

/** More than one order costs, and far less than a scan of a long table or of one of its indexes. */
const maxBlocks = 250

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Shared Hit Blocks'?: number
  readonly 'Shared Read Blocks'?: number
  readonly Plans?: readonly Plan[]
}

interface Tables {
  readonly url: string
  readonly db: Database
  /** Inserts into the service's own table, in a status that nothing waits in: `… from ${orderIds(from, to)}`. */
  fill(from: number, to: number): Promise<unknown>
}

/**
 * Fails when Postgres scans a whole table, or reads many blocks, for one of the statements: with plans that were made
 * while the tables were short, analyzed or not, and kept, and with new ones.
 */
export async function assertReadByIndex(sent: readonly SentStatement[], { url, db, fill }: Tables) {
  const isPlanned = ({ text }: SentStatement) => /^\s*(select|with|insert|update|delete)\b/.test(text)
  // Each as it was sent first: for one order.
  const first = new Map(
    sent
      .filter(isPlanned)
      .toReversed()
      .map((one) => [one.text, one]),
  )
  const statements = [...first.values()]
  // It keeps its connection, and with it the plans, while the tables are filled.
  const plans = openDatabase(url, 'plans', { connections: 1, silentMs: 600_000 })
  const grow = async (from: number, to: number) => {
    await fill(from, to)
    for (const statement of commonRows(from, to)) await db.execute(statement)
  }
  const check = (when: string) =>
    plans.db.transaction(async (tx) => {
      for (const [i, { text, values }] of statements.entries()) {
        const modes = text.includes('limit $') ? ['custom'] : ['generic', 'custom']
        for (const mode of modes)
          assertFrugal(await planOf(tx, `plan${i}`, { text, values }, mode), `${when}, ${mode}: ${text}`)
      }
    })
  // What is analyzed when is what these checks are about: the server's own turn would come at any moment.
  await db.execute(sql`
    do $$ declare it regclass; begin
      for it in select oid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace loop
        execute format('alter table %s set (autovacuum_enabled = off)', it);
      end loop;
    end $$`)
  for (const [i, { text }] of statements.entries())
    await plans.db.execute(sql.raw(`prepare plan${i} as ${text}`))
  await check('never analyzed')
  await grow(1, fewRows)
  await db.execute(sql`analyze`)
  await check('short')
  await grow(fewRows + 1, manyRows)
  await check('grown')
  await db.execute(sql`analyze`)
  await check('long')
  await plans.close()
  return statements.map(({ text }) => text.trim())
}

async function planOf(tx: Transaction, name: string, { text, values }: SentStatement, mode: string) {
  const literals = values.map((value) => (value === null ? 'null' : `'${value.replaceAll("'", "''")}'`))
  const execute = literals.length > 0 ? `execute ${name}(${literals})` : `execute ${name}`
  // The same row cannot be inserted once more.
  const how = text.trim().startsWith('insert') ? '' : 'analyze, buffers,'
  await tx.execute(sql.raw('savepoint before'))
  await tx.execute(sql.raw(`set local plan_cache_mode = force_${mode}_plan`))
  const [row] = await tx.execute<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    sql.raw(`explain (${how} format json) ${execute}`),
  )
  await tx.execute(sql.raw('rollback to before'))
  assert.ok(row)
  return row['QUERY PLAN'][0].Plan
}

function assertFrugal(plan: Plan, what: string): void {
  const scanned = nodesOf(plan).flatMap((node) =>
    node['Node Type'] === 'Seq Scan' ? [node['Relation Name']] : [],
  )
  assert.deepEqual(scanned, [], what)
  const blocks = (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
  assert.ok(blocks <= maxBlocks, `${blocks} blocks, ${what}`)
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** What every service has: published long ago on the present stream, and too new to be pruned. */
const commonRows = (from: number, to: number): SQL[] => {
  const ids = orderIds(from, to, Date.now(), 1)
  return [
    sql`insert into inbox select id::text from ${ids}`,
    sql`insert into dead_letters select id::text, '{}', now(), i, now() from ${ids}`,
    sql`insert into failing_messages select id::text, id::text, '', '', '', i, 1, '', now(), now() from ${ids}`,
    sql`
      insert into outbox select id, 'Old', 1, 'old.' || id, '{}', now(), id::text, '', now(),
        now() - interval '2 days' + make_interval(secs => i / 10.0), 'OLD', i,
        (select max(stream_created) from outbox where published_at is not null) from ${ids}`,
    sql`
      do $$ begin if to_regclass('requests') is not null then
        insert into requests select 'old', gen_random_uuid()::text, '', '{}', null, now() from generate_series(${sql.raw(`${from}, ${to}`)});
      end if; end $$`,
  ]
}
