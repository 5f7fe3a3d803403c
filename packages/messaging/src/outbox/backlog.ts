import { sql } from 'drizzle-orm'
import type { Database } from '../postgres/database.ts'
import { outbox } from '../postgres/schema.ts'

export interface Backlog {
  readonly unpublished: number
  /** The age of the oldest unpublished event, or 0. */
  readonly oldestMs: number
}

/** The events that are not published yet. Reads no row of a published one. */
export async function backlogOf(db: Database): Promise<Backlog> {
  const [row] = await db.execute<{ unpublished: number; oldestMs: number }>(selectBacklog)
  return { unpublished: row?.unpublished ?? 0, oldestMs: row?.oldestMs ?? 0 }
}

/** (backlog.int.test: "costs the same however much was published") */
export const selectBacklog = sql`
  select count(*)::int as unpublished,
    greatest(0, round(extract(epoch from now() - min(time)) * 1000))::float8 as "oldestMs"
  from ${outbox} where published_at is null`
