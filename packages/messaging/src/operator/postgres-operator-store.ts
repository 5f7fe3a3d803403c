import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { firstIdAt } from '../events/event.ts'
import { type Database, inMs, isFarAhead } from '../postgres/database.ts'
import { deleteInBatches } from '../postgres/delete-in-batches.ts'
import { operatorActions, operatorJobs } from '../postgres/schema.ts'
import type { JobState, OperatorAction, OperatorJob, OperatorStore } from './operator-store.ts'

const jobOf = ({ id, state, content }: { id: string; state: string; content: string }): OperatorJob => ({
  ...JSON.parse(content),
  id,
  state: state as JobState,
})

export const postgresOperatorStore = (db: Database): OperatorStore => ({
  async record({ id, orderId = null, ...content }) {
    await db.insert(operatorActions).values({ id, orderId, content: JSON.stringify(content) })
  },
  async actions({ limit, before, orderId }) {
    const conditions = [
      before === undefined ? undefined : lt(operatorActions.id, before),
      orderId === undefined ? undefined : eq(operatorActions.orderId, orderId),
    ]
    const rows = await db
      .select()
      .from(operatorActions)
      .where(and(...conditions))
      .orderBy(desc(operatorActions.id))
      .limit(limit)
    return rows.map(({ id, orderId, content }) => ({
      ...(JSON.parse(content) as Omit<OperatorAction, 'id'>),
      id,
      ...(orderId !== null && { orderId }),
    }))
  },
  async beginJob({ id, state, ...content }) {
    const begun = { id, state, content: JSON.stringify(content) }
    const rows = await db
      .insert(operatorJobs)
      .values(begun)
      .onConflictDoNothing()
      .returning({ id: operatorJobs.id })
    return rows.length > 0
  },
  async job(id) {
    const [row] = await db.select().from(operatorJobs).where(eq(operatorJobs.id, id))
    return row && jobOf(row)
  },
  jobs: async (limit) =>
    (await db.select().from(operatorJobs).orderBy(desc(operatorJobs.id)).limit(limit)).map(jobOf),
  async leaseJob(holder, ms) {
    const isFree = sql`(leased_until is null or leased_until < now() or ${isFarAhead(operatorJobs.leasedUntil, ms)})`
    const [row] = await db
      .update(operatorJobs)
      .set({ holder, leasedUntil: inMs(ms) })
      .where(and(sql`state = 'running'`, isFree))
      .returning()
    return row && jobOf(row)
  },
  async saveJob(holder, { id, state, ...content }, ms) {
    // A cancelled job stays cancelled, and still counts what was done meanwhile.
    const next = sql`case state when 'running' then ${state} else state end`
    const [row] = await db
      .update(operatorJobs)
      .set({ content: JSON.stringify(content), state: next, leasedUntil: inMs(ms) })
      .where(and(eq(operatorJobs.id, id), eq(operatorJobs.holder, holder)))
      .returning({ state: operatorJobs.state })
    return row?.state as JobState | undefined
  },
  async cancelJob(id) {
    const rows = await db
      .update(operatorJobs)
      .set({ state: 'cancelled' })
      .where(and(eq(operatorJobs.id, id), sql`state = 'running'`))
      .returning({ id: operatorJobs.id })
    return rows.length > 0
  },
})

/** Actions and jobs are kept for this time. */
export const keptActionsMs = 90 * 24 * 3_600_000

/** Deletes the actions and jobs that are older than 90 days. */
export async function pruneOperatorStore(db: Database, stopping?: AbortSignal): Promise<void> {
  const old = sql`id < ${firstIdAt(Date.now() - keptActionsMs)}`
  await deleteInBatches(db, operatorActions, old, stopping)
  await deleteInBatches(db, operatorJobs, sql`${old} and state <> 'running'`, stopping)
}
