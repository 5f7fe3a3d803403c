import { sql } from 'drizzle-orm'
import { type Database, inMs, keyIn } from '../postgres/database.ts'
import { deleteInBatches } from '../postgres/delete-in-batches.ts'
import { failingMessages } from '../postgres/schema.ts'
import type { FailedTries, FailingStore } from './failing-store.ts'

/** The failing messages in the table beside the inbox. */
export const postgresFailing = (db: Database): FailingStore => ({
  async add(failed: readonly FailedTries[]) {
    // In one order, so that two replicas never wait for each other's rows.
    await db.execute(sql`
      insert into ${failingMessages} as known
        (id, key, event, event_id, stream, stream_sequence, tries, error, failed_at, next_try_at)
      select id, key, event, "eventId", stream, "streamSequence", tries, error, now(),
        now() + make_interval(secs => "delayMs" / 1000)
      from jsonb_to_recordset(${JSON.stringify(failed)}::text::jsonb) as failed
        (id text, key text, event text, "eventId" text, stream text, "streamSequence" bigint, tries int, error text,
          "delayMs" float8)
      order by id
      on conflict (id) do update set tries = known.tries + excluded.tries, error = excluded.error,
        failed_at = excluded.failed_at, next_try_at = excluded.next_try_at`)
  },
  async remove(ids) {
    await db.delete(failingMessages).where(keyIn(failingMessages.id, ids))
  },
  async ofKey(key, limit) {
    const rows = await db
      .select()
      .from(failingMessages)
      .where(sql`${failingMessages.key} = ${key}`)
      .orderBy(sql`${failingMessages.failedAt} desc`)
      .limit(limit)
    return rows.map(({ key: _, failedAt, nextTryAt, ...row }) => ({
      ...row,
      failedAt: new Date(failedAt).toISOString(),
      nextTryAt: new Date(nextTryAt).toISOString(),
    }))
  },
})

/** A message that fails is tried again within half a minute: one that was not has been handled by a replica since. */
const outdatedMs = 3_600_000

/** Deletes what a replica that was killed could not remove. */
export const pruneFailing = (db: Database, stopping?: AbortSignal): Promise<void> =>
  deleteInBatches(db, failingMessages, sql`next_try_at < ${inMs(-outdatedMs)}`, stopping)
