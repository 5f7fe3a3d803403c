import type { Db } from 'mongodb'
import { duplicateKey, unless } from './mongo-errors.ts'

interface CountDocument<Counts = unknown> {
  /** What is counted. */
  readonly _id: string
  /** Raised by the replica that counts next, before it counts. */
  readonly revision: number
  readonly counts?: Counts
}

/**
 * The collection `counts`: what one replica counts for all. Whoever looks, and finds that no one has counted since its
 * last look, counts. No clock is asked, because those of replicas differ.
 */
export const openSharedCounts = (db: Db) => {
  const documents = db.collection<CountDocument>('counts')

  /**
   * @param count ends early when its signal aborts
   * @returns looks, and counts if it is this replica's turn
   */
  return <Counts>(what: string, count: (signal: AbortSignal) => Promise<Counts>) => {
    let seen = 0

    /** @returns whether no other replica counts at this moment */
    async function claim(): Promise<boolean> {
      const raised = { $inc: { revision: 1 } }
      if (seen > 0) return (await documents.updateOne({ _id: what, revision: seen }, raised)).matchedCount > 0
      const first = { $setOnInsert: { revision: 1 } }
      const insert = documents.updateOne({ _id: what }, first, { upsert: true })
      return ((await insert.catch(unless(duplicateKey)))?.upsertedCount ?? 0) > 0
    }

    return async (signal: AbortSignal): Promise<Counts> => {
      const known = await documents.findOne({ _id: what }, { signal })
      const isNewer = (known?.revision ?? 0) !== seen
      seen = known?.revision ?? 0
      if (isNewer && known?.counts) return known.counts as Counts
      if (!(await claim()) && known?.counts) return known.counts as Counts
      seen += 1
      const counts = await count(signal)
      await documents.updateOne({ _id: what, revision: seen }, { $set: { counts } })
      return counts
    }
  }
}
