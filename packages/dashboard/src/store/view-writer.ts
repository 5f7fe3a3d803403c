import { BSON, type Collection, MongoBulkWriteError } from 'mongodb'
import { mergeTimeline, type OrderView, type TimelineEntry } from '../view/order-view.ts'
import { duplicateKey, isStoreOutage } from './mongo-errors.ts'

/** An event's entry, and the order it belongs to. */
export interface Addition {
  readonly orderId: string
  readonly entry: TimelineEntry
}

/** What is computed from an order's events, and the version of it. */
export interface Fold {
  readonly version: number
  readonly view: (orderId: string, timeline: readonly TimelineEntry[]) => OrderView
}

/** Whether an event is still where it was heard of. */
export type IsThere = (entry: TimelineEntry) => Promise<boolean>

/** The documents that are written. */
export interface Target {
  readonly views: Collection<OrderView>
  readonly fold: Fold
  readonly isThere: IsThere
}

/**
 * Adds events to their orders' documents, an order's events as one write.
 * @returns what became of each
 */
export async function writeAll(to: Target, additions: readonly Addition[]) {
  const entries = new Map<string, TimelineEntry[]>()
  for (const { orderId, entry } of additions) entries.set(orderId, [...(entries.get(orderId) ?? []), entry])
  const failures = await failuresOf([...entries], (some) => addAll(to, new Map(some)))
  return additions.map(({ orderId }) => failures.get(orderId) ?? { value: undefined })
}

type Entries = readonly (readonly [orderId: string, entries: readonly TimelineEntry[]])[]
type Failures = Map<string, { readonly error: unknown }>

/**
 * Adds them all; where that fails, each half alone, so that an order which cannot be written holds back no other.
 * @returns what kept which orders from being written
 */
async function failuresOf(entries: Entries, add: (some: Entries) => Promise<void>): Promise<Failures> {
  try {
    await add(entries)
    return new Map()
  } catch (error) {
    if (entries.length === 1 || isStoreOutage(error))
      return new Map(entries.map(([orderId]) => [orderId, { error }]))
    const half = Math.ceil(entries.length / 2)
    const first = await failuresOf(entries.slice(0, half), add)
    return new Map([...first, ...(await failuresOf(entries.slice(half), add))])
  }
}

/**
 * Read, join, write if nobody else has written in between; else once more.
 * (view-store.int.test: "two replicas that share an order's events end in the same document")
 */
async function addAll(
  { views, fold, isThere }: Target,
  entries: ReadonlyMap<string, readonly TimelineEntry[]>,
): Promise<void> {
  for (let open = [...entries.keys()]; open.length > 0; ) {
    const some = open.slice(0, ordersAtOnce)
    const known = await views.find({ _id: { $in: some } }).toArray()
    const before = new Map(known.map((view) => [view._id, view]))
    const gone = await goneOf(known, entries, isThere)
    const after = some.map((orderId) => {
      const heard = before.get(orderId)?.timeline.filter((entry) => !gone.has(entry)) ?? []
      const timeline = mergeTimeline(heard, entries.get(orderId) ?? [])
      return { ...fold.view(orderId, timeline), projection: fold.version }
    })
    const fresh = after.filter(({ _id }) => !before.has(_id))
    const changed = after.filter((view) => !isSame(view, before.get(view._id) ?? view))
    const lost = await Promise.all([insertNew(views, fresh), replaceChanged(views, changed, before)])
    open = [...open.slice(ordersAtOnce), ...lost.flat()]
  }
}

/**
 * What the stream no longer has where it was heard of, and has further on: its owner has said it again.
 * (reactions.int.test: "goes by the place that an event has now, …")
 */
async function goneOf(
  known: readonly OrderView[],
  entries: ReadonlyMap<string, readonly TimelineEntry[]>,
  isThere: IsThere,
): Promise<ReadonlySet<TimelineEntry>> {
  const moved = known.flatMap(({ _id, timeline }) => {
    const sequences = new Map(entries.get(_id)?.map(({ id, sequence }) => [id, sequence]))
    return timeline.filter(({ id, sequence }) => sequence < (sequences.get(id) ?? 0))
  })
  const there = await Promise.all(moved.map(isThere))
  return new Set(moved.filter((_, i) => !there[i]))
}

// SecantusDB takes 15 s to find 4,000 documents by their ids and 0.3 s for 500, and is as bad at replacing many at once.
const ordersAtOnce = 250

// Every byte: what somebody else has changed in a document is mended when its events come again.
const isSame = (a: OrderView, b: OrderView): boolean =>
  a === b ||
  (a.timeline.length === b.timeline.length &&
    Buffer.compare(BSON.serialize(a, kept), BSON.serialize(b, kept)) === 0)

const kept = { ignoreUndefined: true }

/** @returns the ids that somebody else inserted first */
async function insertNew(views: Collection<OrderView>, fresh: OrderView[]): Promise<string[]> {
  if (fresh.length === 0) return []
  try {
    await views.insertMany(fresh, { ordered: false })
    return []
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error
    const failures = [error.writeErrors].flat()
    // Without any, it is the connection that failed. (outage.int.test: "takes … the second time …")
    if (failures.length === 0 || failures.some(({ code }) => code !== duplicateKey)) throw error
    // What it did insert may go again with a primary.
    if (error.result.getWriteConcernError()) throw error
    return failures.flatMap(({ index }) => fresh[index]?._id ?? [])
  }
}

/** @returns the ids that may have been written by somebody else in between */
async function replaceChanged(
  views: Collection<OrderView>,
  changed: OrderView[],
  before: ReadonlyMap<string, OrderView>,
): Promise<string[]> {
  if (changed.length === 0) return []
  const replaced = await views.bulkWrite(
    changed.map((view) => {
      const { _id, ...replacement } = view
      return { replaceOne: { filter: { _id, timeline: before.get(_id)?.timeline ?? [] }, replacement } }
    }),
    { ordered: false },
  )
  return replaced.matchedCount === changed.length ? [] : changed.map(({ _id }) => _id)
}
