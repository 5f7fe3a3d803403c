import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { testDatabase } from '../testing/servers.ts'
import { backlogOf, selectBacklog } from './backlog.ts'

describe('the backlog of an outbox', () => {
  it('counts the unpublished events, with the age of the oldest', async () => {
    await using database = await testDatabase()
    const { db } = database
    assert.deepEqual(await backlogOf(db), { unpublished: 0, oldestMs: 0 })
    await db.execute(rows(1, 10, sql`case when i > 7 then null else now() end`))
    const { unpublished, oldestMs } = await backlogOf(db)
    assert.equal(unpublished, 3)
    assert.ok(oldestMs >= 60_000 && oldestMs < 120_000, String(oldestMs))
  })

  it('shows a negative age, not none, for an event from a clock that is ahead', async () => {
    await using database = await testDatabase()
    await database.db.execute(rows(1, 1, sql`null`))
    await database.db.execute(sql`update outbox set time = now() + interval '2 hours'`)
    const { unpublished, oldestMs } = await backlogOf(database.db)
    assert.equal(unpublished, 1)
    assert.ok(oldestMs < -7_000_000, String(oldestMs))
  })

  it('costs the same however much was published', async (t) => {
    await using database = await testDatabase()
    const { db } = database
    const text = new PgDialect().sqlToQuery(selectBacklog).sql
    async function blocks(): Promise<number> {
      await db.execute(sql`vacuum analyze outbox`)
      const [row] = await db.execute<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }>(
        sql.raw(`explain (analyze, buffers, format json) ${text}`),
      )
      const plan = row?.['QUERY PLAN'][0]?.Plan
      assert.doesNotMatch(JSON.stringify(plan), /Seq Scan/)
      return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0)
    }
    await db.execute(rows(1, 10_000, sql`case when i % 1000 = 0 then null else now() end`))
    const few = await blocks()
    await db.execute(rows(10_001, 200_000, sql`now()`))
    const many = await blocks()
    t.diagnostic(`blocks read beside 10,000 published: ${few}; beside 200,000: ${many}`)
    assert.ok(many <= few + 5, `${many} blocks instead of ${few}`)
  })
})

const rows = (from: number, to: number, publishedAt: ReturnType<typeof sql>) => sql`
  insert into outbox (id, name, version, subject, data, time, causation_id, traceparent, leased_until, published_at)
  select gen_random_uuid(), 'Raised', 1, 'counters.raised.k', '{}', now() - interval '1 minute', 'c', '', now(),
    ${publishedAt}
  from generate_series(${from}::int, ${to}::int) as i`
