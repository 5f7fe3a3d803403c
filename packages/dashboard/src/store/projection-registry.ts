import type { Collection, Db } from 'mongodb'
import { duplicateKey, namespaceNotFound, unless } from './mongo-errors.ts'

/** The state of one version of the documents. */
export interface ProjectionRecord {
  /** The version. */
  readonly _id: number
  /** `dropping`: the documents are being removed, and no process reads or fills them. */
  readonly state: 'building' | 'ready' | 'dropping'
  readonly begunAt: Date
  readonly readyAt?: Date
  /** When a process of this version last marked it as used. */
  readonly usedAt?: Date
}

export const collectionOf = (version: number): string => `orders_v${version}`
/** What was counted of them, and what was written since. */
export const chunksOf = (version: number): string => `chunks_v${version}`
export const touchedIn = (version: number): string => `touched_v${version}`

/** The collection `projections`: one record for each version, shared by all replicas of all versions. */
export function openRegistry(db: Db) {
  const records: Collection<ProjectionRecord> = db.collection('projections')
  return {
    all: () => records.find().sort({ _id: 1 }).toArray(),

    /** Marks a version that is absent or being dropped as building. Of several replicas, the first one's mark stays. */
    async begin(version: number): Promise<void> {
      const now = new Date()
      const begun = { state: 'building', begunAt: now, usedAt: now } as const
      const again = await records.replaceOne({ _id: version, state: 'dropping' }, begun)
      if (again.matchedCount > 0) return
      const insert = records.updateOne({ _id: version }, { $setOnInsert: begun }, { upsert: true })
      await insert.catch(unless(duplicateKey))
    },

    /** @returns whether this call marked it, and no other replica's */
    async markReady(version: number): Promise<boolean> {
      const filter = { _id: version, state: 'building' } as const
      const marked = await records.updateOne(filter, { $set: { state: 'ready', readyAt: new Date() } })
      return marked.modifiedCount > 0
    },

    async markUsed(version: number): Promise<void> {
      const filter = { _id: version, state: { $ne: 'dropping' } } as const
      await records.updateOne(filter, { $set: { usedAt: new Date() } })
    },

    /**
     * Times that are in the future become now: the clock was set back. Till then no process would mark the version as
     * used, or drop it.
     */
    async dateAgain({ _id, readyAt }: ProjectionRecord): Promise<void> {
      const now = new Date()
      const times = { begunAt: now, usedAt: now, ...(readyAt && { readyAt: now }) }
      await records.updateOne({ _id }, { $min: times })
    },

    /**
     * Removes a version's documents, unless the version was used after its record was read.
     * @param removeConsumers called before the record goes
     * @returns whether they are removed
     */
    async drop({ _id: version, usedAt }: ProjectionRecord, removeConsumers: () => Promise<unknown>) {
      const unused = { _id: version, usedAt: usedAt ?? { $exists: false } }
      // After a crash from here on, this mark makes the next process finish.
      const marked = await records.updateOne(unused, { $set: { state: 'dropping' } })
      if (marked.matchedCount === 0) return false
      for (const name of [chunksOf(version), touchedIn(version), collectionOf(version)])
        await db.dropCollection(name).catch(unless(namespaceNotFound))
      await removeConsumers()
      await records.deleteOne({ _id: version, state: 'dropping' })
      return true
    },
  }
}
