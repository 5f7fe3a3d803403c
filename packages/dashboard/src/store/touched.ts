import type { Collection } from 'mongodb'
import { duplicateKey, unless } from './mongo-errors.ts'

/** The second that an order's id begins with; `all` stands for every second. */
export type TouchedKey = number | 'all'

export interface Touched {
  readonly _id: TouchedKey
  readonly revision: number
}

/** A process marks a second at most once in this time, however often it writes orders of that second. */
const leaseMs = 2000

/** A second may be counted when no process has marked it for this time. It is longer than a lease, so no write of it is under way. */
export const settledMs = 5000

/** More marks than this at once cost more than to count everything again. */
const maxMarks = 64

export const secondOf = (orderId: string): number =>
  Math.floor(Number.parseInt(orderId.slice(0, 8) + orderId.slice(9, 13), 16) / 1000)

/**
 * The collection `touched_v1`: the seconds of whose orders some were written, until they are counted again. A mark is a
 * revision and not a time, because clocks of replicas differ.
 */
export function openTouched(touched: Collection<Touched>, now = () => performance.now()) {
  const markedAt = new Map<TouchedKey, number>()

  const isMarked = (key: TouchedKey, at: number) =>
    (markedAt.get(key) ?? Number.NEGATIVE_INFINITY) > at - leaseMs

  async function mark(keys: readonly TouchedKey[]): Promise<void> {
    const at = now()
    for (const [key, since] of markedAt) if (since <= at - leaseMs) markedAt.delete(key)
    const marks = keys.map((_id) => ({
      updateOne: { filter: { _id }, update: { $inc: { revision: 1 } }, upsert: true },
    }))
    const send = () => touched.bulkWrite(marks, { ordered: false, timeoutMS: 20_000 })
    // Of two replicas that mark a second for the first time, one is refused.
    await send().catch((error) => {
      unless(duplicateKey)(error)
      return send()
    })
    for (const key of keys) markedAt.set(key, at)
  }

  /** Marks what is not marked, or was too long ago for a write that ends now. */
  async function markMissing(seconds: readonly number[]): Promise<void> {
    if (isMarked('all', now())) return
    const missing = seconds.filter((second) => !isMarked(second, now()))
    if (missing.length > 0) await mark(missing.length > maxMarks ? ['all'] : missing)
  }

  return {
    /** Marks the orders' seconds beside `write`, and once more after it where it took long. */
    async around<T>(orderIds: readonly string[], write: () => Promise<T>): Promise<T> {
      const seconds = [...new Set(orderIds.map(secondOf))]
      const [written] = await Promise.all([write(), markMissing(seconds)])
      await markMissing(seconds)
      return written
    },

    /** Every mark: what is kept of other seconds is right. */
    all: () => touched.find().toArray(),

    /** Removes marks that have not changed since they were read. */
    async remove(marks: readonly Touched[]): Promise<void> {
      if (marks.length === 0) return
      await touched.bulkWrite(
        marks.map(({ _id, revision }) => ({ deleteOne: { filter: { _id, revision } } })),
        { ordered: false },
      )
    },
  }
}
