import type { Collection, Db } from 'mongodb'

/** What is known of a version of the documents: from when on it was built, and whether it may be shown. */
export interface Projection {
  /** The version. */
  readonly _id: number
  /** `dropping`: being removed; nobody shows or fills it any longer. */
  readonly state: 'building' | 'ready' | 'dropping'
  readonly begunAt: Date
  readonly readyAt?: Date
}

/** Where the documents of a version are kept. */
export const collectionOf = (version: number): string => `orders_v${version}`

export interface Projections {
  all(): Promise<Projection[]>
  /** Marks a version that is not there, or is being dropped, as building; of several replicas, one does. */
  begin(version: number): Promise<void>
  /** @returns whether this call made it so */
  ready(version: number): Promise<boolean>
  /** Removes a version's documents; what else belongs to it is removed by `also`, before the mark goes. */
  drop(version: number, also: () => Promise<unknown>): Promise<void>
}

export function projectionsIn(db: Db): Projections {
  const projections: Collection<Projection> = db.collection('projections')
  return {
    all: () => projections.find().sort({ _id: 1 }).toArray(),
    async begin(version) {
      const begun = { state: 'building', begunAt: new Date() } as const
      const again = await projections.replaceOne({ _id: version, state: 'dropping' }, begun)
      if (again.matchedCount > 0) return
      // Another replica's mark stays as it is.
      await projections
        .updateOne({ _id: version }, { $setOnInsert: begun }, { upsert: true })
        .catch((error: { code?: unknown }) => {
          if (error.code !== duplicateKey) throw error
        })
    },
    async ready(version) {
      const filter = { _id: version, state: 'building' } as const
      const marked = await projections.updateOne(filter, { $set: { state: 'ready', readyAt: new Date() } })
      return marked.modifiedCount > 0
    },
    async drop(version, also) {
      // A crash from here on leaves a mark by which the next look goes on.
      await projections.updateOne({ _id: version }, { $set: { state: 'dropping' } })
      await db.dropCollection(collectionOf(version)).catch((error: { code?: unknown }) => {
        if (error.code !== namespaceNotFound) throw error
      })
      await also()
      await projections.deleteOne({ _id: version, state: 'dropping' })
    },
  }
}

const duplicateKey = 11_000
const namespaceNotFound = 26

/** Its own documents as soon as they are complete, else the newest complete ones of before; else it has no choice. */
export function servedBy(version: number, all: readonly Projection[]): number {
  const ready = all.filter(({ _id, state }) => state === 'ready' && _id <= version)
  return Math.max(...ready.map(({ _id }) => _id), 0) || version
}

/** Older versions than the own one that have been of no use for so long; not one that a way back has begun anew. */
export function outlived(version: number, all: readonly Projection[], keepMs: number, now: number): number[] {
  const readyAt = all.find(({ _id, state }) => _id === version && state === 'ready')?.readyAt
  if (!readyAt || now - readyAt.getTime() < keepMs) return []
  return all.filter(({ _id, begunAt }) => _id < version && begunAt < readyAt).map(({ _id }) => _id)
}
