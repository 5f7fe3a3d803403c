import type { OperatorAction, OperatorJob, OperatorStore } from '@saucery/messaging/operator/operator-store'
import { keptActionsMs } from '@saucery/messaging/operator/postgres-operator-store'
import type { Db, Filter } from 'mongodb'
import { duplicateKey, unless } from './mongo-errors.ts'

interface ActionDocument extends Omit<OperatorAction, 'id'> {
  readonly _id: string
  readonly expiresAt: Date
}

interface JobDocument {
  /** `running` until it has ended, so that there is one at a time; then the job's id. */
  readonly _id: string
  readonly job: OperatorJob
  readonly holder?: string
  readonly leasedUntil?: Date
  readonly expiresAt: Date
}

const running = 'running'
const expiresAt = () => new Date(Date.now() + keptActionsMs)

/**
 * The collections `operator_actions` and `operator_jobs`. The clocks of two replicas may differ by more than a lease:
 * then both work on one job, which settles each letter once all the same.
 */
export function mongoOperatorStore(db: Db): OperatorStore {
  const actions = db.collection<ActionDocument>('operator_actions')
  const jobs = db.collection<JobDocument>('operator_jobs')
  let indexed: Promise<unknown> | undefined
  const ensureIndexes = async () => {
    indexed ??= Promise.all([
      actions.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 }),
      actions.createIndex({ orderId: 1, _id: -1 }),
      jobs.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 }),
    ])
    await indexed.catch((error) => {
      indexed = undefined
      throw error
    })
  }

  /** Gives a job that has ended its own document. After a crash in between, whoever looks next does it again. */
  async function file(): Promise<void> {
    const ended = await jobs.findOne({ _id: running, 'job.state': { $ne: 'running' } })
    if (!ended) return
    const { id } = ended.job
    await jobs
      .updateOne({ _id: id }, { $set: { job: ended.job, expiresAt: expiresAt() } }, { upsert: true })
      .catch(unless(duplicateKey))
    await jobs.deleteOne({ _id: running, 'job.id': id })
  }

  return {
    async record({ id, ...action }) {
      await ensureIndexes()
      await actions.insertOne({ _id: id, ...action, expiresAt: expiresAt() }, { ignoreUndefined: true })
    },
    async actions({ limit, before, orderId }) {
      const filter: Filter<ActionDocument> = {
        ...(before !== undefined && { _id: { $lt: before } }),
        ...(orderId !== undefined && { orderId }),
      }
      const found = await actions.find(filter).sort({ _id: -1 }).limit(limit).toArray()
      return found.map(({ _id: id, expiresAt: _, orderId, ...action }) => ({
        ...action,
        id,
        ...(orderId && { orderId }),
      }))
    },
    async beginJob(job) {
      await ensureIndexes()
      await file()
      const insert = jobs.insertOne({ _id: running, job, expiresAt: expiresAt() }, { ignoreUndefined: true })
      return (await insert.catch(unless(duplicateKey))) !== undefined
    },
    async job(id) {
      return ((await jobs.findOne({ _id: running, 'job.id': id })) ?? (await jobs.findOne({ _id: id })))?.job
    },
    async jobs(limit) {
      // `running` sorts after the ids.
      const found = await jobs.find().sort({ _id: -1 }).limit(limit).toArray()
      return found.map(({ job }) => job)
    },
    async leaseJob(holder, ms) {
      await file()
      const now = new Date()
      const isFree = [
        { leasedUntil: { $exists: false } },
        { leasedUntil: { $lt: now } },
        { leasedUntil: { $gt: new Date(now.getTime() + ms + 60_000) } },
      ]
      const leasedUntil = new Date(now.getTime() + ms)
      const leased = await jobs.updateOne({ _id: running, $or: isFree }, { $set: { holder, leasedUntil } })
      if (leased.modifiedCount === 0) return undefined
      return (await jobs.findOne({ _id: running, holder }))?.job
    },
    async saveJob(holder, job, ms) {
      const own = { _id: running, 'job.id': job.id, holder }
      const leasedUntil = new Date(Date.now() + ms)
      const { state, ...progress } = job
      // A cancelled job stays cancelled, and still counts what was done meanwhile.
      const fields = Object.entries(progress).filter(([, value]) => value !== undefined)
      const saved = Object.fromEntries(fields.map(([name, value]) => [`job.${name}`, value]))
      await jobs.updateOne(own, { $set: { ...saved, leasedUntil } })
      if (state !== 'running')
        await jobs.updateOne({ ...own, 'job.state': 'running' }, { $set: { 'job.state': state } })
      const kept = (await jobs.findOne(own))?.job.state
      if (kept !== 'running') await file()
      return kept
    },
    async cancelJob(id) {
      const cancelled = await jobs.updateOne(
        { _id: running, 'job.id': id, 'job.state': 'running' },
        { $set: { 'job.state': 'cancelled' } },
      )
      return cancelled.modifiedCount > 0
    },
  }
}
