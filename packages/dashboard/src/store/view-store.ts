import { projectionVersion } from '@saucery/contracts/projection-durables'
import { batcher } from '@saucery/messaging/async/batcher'
import { type Collection, MongoClient } from 'mongodb'
import { type OrderView, viewOf } from '../view/order-view.ts'
import { collectionOf, type Projections, projectionsIn } from './projection-registry.ts'
import { type ViewQueries, viewQueries } from './view-queries.ts'
import { type Addition, type Fold, type IsThere, writeAll } from './view-writer.ts'

// The more events wait, the more of them belong to the same order, and an order's events are one write.
const eventsInAWrite = { size: 15_000, everyMs: (events: number) => Math.min(events, 1000) }

const currentFold: Fold = { version: projectionVersion, view: viewOf }

export interface ViewStore extends ViewQueries {
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
  const add = batcher(async (additions: Addition[]) => {
    await indexes()
    return writeAll({ views, fold, isThere }, additions)
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
    ...viewQueries(
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
