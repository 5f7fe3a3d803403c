import { projectionVersion } from '@saucery/contracts/projection'
import { groupCommit } from '@saucery/messaging/group-commit'
import {
  BSON,
  type Collection,
  MongoBulkWriteError,
  MongoClient,
  MongoError,
  MongoNetworkError,
  MongoServerSelectionError,
} from 'mongodb'
import { collectionOf, type Projections, projectionsIn } from './projections.ts'
import { readsOf, type ViewReads } from './reads.ts'
import { type Entry, joined, type OrderView, viewOf } from './view.ts'

// The more events wait, the more of them belong to the same order, and an order's events are one write.
const eventsInAWrite = { size: 15_000, everyMs: (events: number) => Math.min(events, 1000) }

/** An event's entry, and the order it belongs to. */
export interface Addition {
  readonly orderId: string
  readonly entry: Entry
}

/** What is computed from an order's events, and the version of it. */
export interface Fold {
  readonly version: number
  readonly view: (orderId: string, timeline: readonly Entry[]) => OrderView
}

const currentFold: Fold = { version: projectionVersion, view: viewOf }

/** Whether an event is still where it was heard of. */
export type IsThere = (entry: Entry) => Promise<boolean>

export interface ViewStore extends ViewReads {
  /** Of the documents that are written. */
  readonly version: number
  readonly projections: Projections
  /** The version of the documents that are read; the own one until told otherwise. */
  serving(): number
  serve(version: number): void
  /** Makes the indexes, also when the database has been lost since. */
  prepare(): Promise<void>
  /** Adds an event to its order's view; resolves when that is durable. */
  add(addition: Addition): Promise<void>
  /** Has to have succeeded before anything else is asked. */
  connect(): Promise<void>
  isUp(): Promise<boolean>
  close(): Promise<void>
}

/**
 * Opens the read model. What arrives together is written together, and an order's events together as one write.
 * @param url with the database's name in its path
 * @param isThere asked of the place of an event that is heard of again, further on in its stream
 */
export function openViews(
  url: string,
  fold = currentFold,
  isThere: IsThere = () => Promise.resolve(true),
): ViewStore {
  const client = new MongoClient(url, {
    appName: 'dashboard',
    serverSelectionTimeoutMS: 2000,
    // Writes are repeated here, by the message that comes again.
    retryWrites: false,
    writeConcern: { w: 'majority', journal: true },
  })
  const views = client.db().collection<OrderView>(collectionOf(fold.version))
  let served = views
  let indexed: Promise<unknown> | undefined
  // After a failure the next write tries again.
  const indexes = () => {
    indexed ??= makeIndexes(views).catch((error) => {
      indexed = undefined
      throw error
    })
    return indexed
  }
  const add = groupCommit(async (additions: Addition[]) => {
    await indexes()
    const entries = new Map<string, Entry[]>()
    for (const { orderId, entry } of additions) entries.set(orderId, [...(entries.get(orderId) ?? []), entry])
    const failures = await failuresOf([...entries], (some) => addAll(views, fold, isThere, new Map(some)))
    return additions.map(({ orderId }) => failures.get(orderId) ?? { value: undefined })
  }, eventsInAWrite)
  let serving = fold.version
  return {
    version: fold.version,
    projections: projectionsIn(client.db()),
    serving: () => serving,
    serve(version) {
      serving = version
      served = client.db().collection(collectionOf(version))
    },
    async prepare() {
      indexed = undefined
      await indexes()
    },
    add,
    ...readsOf(
      () => served,
      (view) => asOwn(fold, view),
    ),
    // A client whose first connection failed stays closed for whatever is asked of it, until it is told to connect.
    // (outage.int.test: "can be opened while its server is away")
    connect: async () => void (await client.connect()),
    isUp: async () => (await client.db().command({ ping: 1 })).ok === 1,
    close: () => client.close(),
  }
}

// A process that was gone back to knows nothing of a later version's fields, and all that they were computed from.
const asOwn = (fold: Fold, view: OrderView): OrderView =>
  view.projection !== undefined && view.projection > fold.version
    ? { ...fold.view(view._id, view.timeline), projection: view.projection }
    : view

// An order's id is a UUIDv7, so that the newest come first in descending order of it.
const makeIndexes = (views: Collection<OrderView>) =>
  views.createIndexes([
    { key: { status: 1, _id: -1 } },
    { key: { branchId: 1, _id: -1 } },
    { key: { branchId: 1, status: 1, _id: -1 } },
    { key: { sauceId: 1, _id: -1 } },
    // What waits too long.
    { key: { status: 1, since: 1 } },
  ])

type Entries = readonly (readonly [orderId: string, entries: readonly Entry[]])[]
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
 * (store.int.test: "two replicas that share an order's events end in the same document")
 */
async function addAll(
  views: Collection<OrderView>,
  fold: Fold,
  isThere: IsThere,
  entries: ReadonlyMap<string, readonly Entry[]>,
): Promise<void> {
  for (let open = [...entries.keys()]; open.length > 0; ) {
    const some = open.slice(0, ordersAtOnce)
    const known = await views.find({ _id: { $in: some } }).toArray()
    const before = new Map(known.map((view) => [view._id, view]))
    const gone = await goneOf(known, entries, isThere)
    const after = some.map((orderId) => {
      const heard = before.get(orderId)?.timeline.filter((entry) => !gone.has(entry)) ?? []
      const timeline = joined(heard, entries.get(orderId) ?? [])
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
 * (dashboard.int.test: "goes by the place that an event has now, …")
 */
async function goneOf(
  known: readonly OrderView[],
  entries: ReadonlyMap<string, readonly Entry[]>,
  isThere: IsThere,
): Promise<ReadonlySet<Entry>> {
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

const duplicateKey = 11_000

/** Whether the server, not the command, was at fault: waiting helps. */
export const isStoreOutage = (error: unknown): boolean =>
  error instanceof MongoNetworkError ||
  // The driver wraps what ended a bulk write, or kept it from being durable.
  (error instanceof MongoBulkWriteError &&
    (isStoreOutage(error.errorResponse) || error.result.getWriteConcernError() !== undefined)) ||
  error instanceof MongoServerSelectionError ||
  (error instanceof MongoError && (passingNames.has(error.name) || passingCodes.has(error.code ?? 0))) ||
  (error instanceof MongoError && error.hasErrorLabel('RetryableWriteError'))

// What members of a replica set answer while they choose a primary or stop; the driver labels it for retries of its own.
// https://github.com/mongodb/specifications/blob/master/source/retryable-reads/retryable-reads.md#retryable-error
const passingCodes = new Set<number | string>([
  6, 7, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436,
])

const passingNames = new Set(['MongoNotConnectedError', 'MongoPoolClearedError', 'MongoTopologyClosedError'])
