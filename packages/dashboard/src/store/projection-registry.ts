import type { Collection, Db } from 'mongodb'
import { duplicateKey } from './mongo-errors.ts'

/** What is known of a version of the documents: from when on it was built, and whether it may be shown. */
export interface ProjectionRecord {
  /** The version. */
  readonly _id: number
  /** `dropping`: being removed; nobody shows or fills it any longer. */
  readonly state: 'building' | 'ready' | 'dropping'
  readonly begunAt: Date
  readonly readyAt?: Date
  /** When a process of this version was last there. */
  readonly usedAt?: Date
}

/** Where the documents of a version are kept. */
export const collectionOf = (version: number): string => `orders_v${version}`

export interface Projections {
  all(): Promise<ProjectionRecord[]>
  /** Marks a version that is not there, or is being dropped, as building; of several replicas, one does. */
  begin(version: number): Promise<void>
  /** @returns whether this call made it so */
  ready(version: number): Promise<boolean>
  /** Says that a process of the version is there. */
  use(version: number): Promise<void>
  /**
   * Removes a version's documents, unless it was used since it was seen; what else belongs to it is removed by `also`,
   * before the mark goes.
   * @returns whether they are removed
   */
  drop(seen: ProjectionRecord, also: () => Promise<unknown>): Promise<boolean>
}

export function projectionsIn(db: Db): Projections {
  const projections: Collection<ProjectionRecord> = db.collection('projections')
  return {
    all: () => projections.find().sort({ _id: 1 }).toArray(),
    async begin(version) {
      const now = new Date()
      const begun = { state: 'building', begunAt: now, usedAt: now } as const
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
    async use(version) {
      await projections.updateOne(
        { _id: version, state: { $ne: 'dropping' } },
        { $set: { usedAt: new Date() } },
      )
    },
    async drop({ _id: version, usedAt }, also) {
      const unused = { _id: version, usedAt: usedAt ?? { $exists: false } }
      // A crash from here on leaves a mark by which the next look goes on.
      const marked = await projections.updateOne(unused, { $set: { state: 'dropping' } })
      if (marked.matchedCount === 0) return false
      await db.dropCollection(collectionOf(version)).catch((error: { code?: unknown }) => {
        if (error.code !== namespaceNotFound) throw error
      })
      await also()
      await projections.deleteOne({ _id: version, state: 'dropping' })
      return true
    },
  }
}

const namespaceNotFound = 26

/**
 * Its own documents as soon as they are complete, else the newest complete ones of before, else those of the next
 * version, from which somebody has gone back; else it has no choice.
 */
export function servedBy(version: number, all: readonly ProjectionRecord[]): number {
  const ready = all.filter(({ state }) => state === 'ready').map(({ _id }) => _id)
  const before = ready.filter((one) => one <= version)
  if (before.length > 0) return Math.max(...before)
  return ready.length > 0 ? Math.min(...ready) : version
}

/** Older versions that nobody has used for so long, once the own one has been ready for so long. */
export function outlived(
  version: number,
  all: readonly ProjectionRecord[],
  keepMs: number,
  now: number,
): ProjectionRecord[] {
  const isOver = (since: Date | undefined) => since !== undefined && now - since.getTime() >= keepMs
  const own = all.find(({ _id, state }) => _id === version && state === 'ready')
  if (!isOver(own?.readyAt)) return []
  return all.filter(({ _id, begunAt, usedAt = begunAt }) => _id < version && isOver(usedAt))
}
