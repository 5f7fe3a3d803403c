import { sql } from 'drizzle-orm'
import type { Database } from '../postgres/database.ts'
import { outbox } from '../postgres/schema.ts'

/**
 * `oldestMs`: the age of the oldest unpublished event, or 0 without any. Negative if the clock of the process that made
 * the event is ahead of the database's: 0 would hide that something waits.
 */
export type Backlog = Readonly<Record<'unpublished' | 'oldestMs', number>>

/** The events that are not published yet. Reads no row of a published one. */
export async function backlogOf(db: Database): Promise<Backlog> {
  const [row] = await db.execute<Backlog>(selectBacklog)
  return row ?? { unpublished: 0, oldestMs: 0 }
}

/** (backlog.int.test: "costs the same however much was published") */
export const selectBacklog = sql`
  select count(*)::int as unpublished,
    coalesce(round(extract(epoch from now() - min(time)) * 1000), 0)::float8 as "oldestMs"
  from ${outbox} where published_at is null`
