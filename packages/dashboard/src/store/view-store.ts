import { projectionVersion } from '@saucery/contracts/projection-durables'
import { batcher } from '@saucery/messaging/async/batcher'
import type { HandledState } from '@saucery/messaging/consumer/consumer'
import { sharedSpans } from '@saucery/messaging/traces/shared-spans'
import { type Collection, MongoClient } from 'mongodb'
import { type OrderView, viewOf } from '../view/order-view.ts'
import type { StatisticsQuery } from '../view/statistics-query.ts'
import type { Chunk } from './chunks.ts'
import { mongoCatalog } from './dead-letter-catalog.ts'
import { mongoDeadLetters } from './dead-letter-store.ts'
import { mongoDrills } from './drill-documents.ts'
import type { IsAtLocation } from './event-location.ts'
import { mongoFailing } from './failing-store.ts'
import { openMilestones } from './milestones.ts'
import { indexNotFound, unless } from './mongo-errors.ts'
import { mongoOperatorStore } from './operator-store.ts'
import { openOrderCounter } from './order-counter.ts'
import { countPeriod } from './order-counts.ts'
import { watchPools } from './pool-use.ts'
import { chunksOf, collectionOf, openRegistry, touchedIn } from './projection-registry.ts'
import { openSharedCounts } from './shared-count.ts'
import { openTouched } from './touched.ts'
import { handledIn, viewQueries } from './view-queries.ts'
import { type Addition, type Fold, writeAll } from './view-writer.ts'
import { openWrittenViews } from './written-views.ts'

// The more events wait, the more of them belong to the same order, and one order's events are one write.
const eventsPerWrite = { size: 15_000, everyMs: (events: number) => Math.min(events, 1000) }

const currentFold: Fold = { version: projectionVersion, view: viewOf }

export type ViewStore = ReturnType<typeof openViews>

/**
 * Opens the read model: it writes the documents of one version, and reads those of the version that it serves, which
 * at first is the same. `add` resolves when the event is durable in its order's document.
 * @param url with the database's name in its path
 * @param isAtLocation asked about an event that comes again with a higher sequence
 */
export function openViews(url: string, fold = currentFold, isAtLocation: IsAtLocation = async () => true) {
  const client = new MongoClient(url, {
    appName: 'dashboard',
    serverSelectionTimeoutMS: 2000,
    // The redelivered message repeats the write.
    retryWrites: false,
    writeConcern: { w: 'majority', journal: true },
  })
  const collection = (version: number) => client.db().collection<OrderView>(collectionOf(version))
  const views = collection(fold.version)
  const milestones = openMilestones(client.db().collection('milestones'), () => collection(served))
  const chunks = (version: number) => client.db().collection<Chunk>(chunksOf(version))
  const touchedOf = (version: number) => openTouched(client.db().collection(touchedIn(version)))
  const touched = touchedOf(fold.version)
  const written = openWrittenViews()
  let served = fold.version
  let indexed: Promise<unknown> | undefined
  async function ensureIndexes(): Promise<void> {
    indexed ??= Promise.all([
      makeIndexes(views),
      chunks(fold.version).createIndex({ _id: 1, to: 1 }),
      // Before the first order: all that this release writes is counted from the start.
      milestones.all(),
    ])
    // After a failure the next write tries again.
    await indexed.catch((error) => {
      indexed = undefined
      throw error
    })
  }
  const spans = sharedSpans<Addition>({
    name: 'update view',
    shared: `write ${views.collectionName}`,
    database: { 'db.system.name': 'mongodb', 'db.collection.name': views.collectionName },
    keyOf: ({ orderId }) => orderId,
  })
  async function write(additions: Addition[]) {
    await ensureIndexes()
    const target = { views, written, milestones, touched, fold, isAtLocation }
    return spans.together(additions, () => writeAll(target, additions))
  }
  return {
    /** The version of the documents that are written. */
    version: fold.version,
    registry: openRegistry(client.db()),
    /** The version of the documents that are read. */
    servedVersion: () => served,
    serve(version: number): void {
      served = version
    },
    /** Makes the indexes, also after the database was lost. */
    async prepare(): Promise<void> {
      indexed = undefined
      await ensureIndexes()
    },
    add: spans.each(batcher(write, eventsPerWrite)),
    /** Of the version that is written. */
    state: {
      handledAmong: (events) => handledIn(views, events),
      deadLetters: mongoDeadLetters(client.db()),
      failing: mongoFailing(client.db()),
    } satisfies HandledState as HandledState,
    drills: mongoDrills(client.db()),
    catalog: mongoCatalog(client.db()),
    operators: mongoOperatorStore(client.db()),
    sharedCount: openSharedCounts(client.db()),
    /** Counts what has settled, of the version that is written. */
    countSettled: openOrderCounter({ views, chunks: chunks(fold.version), touched, milestones }),
    /** Rejected after `maxMs`. */
    countPeriod: async (query: StatisticsQuery, maxMs: number, signal?: AbortSignal) => {
      const source = { views: collection(served), chunks: chunks(served), touched: touchedOf(served).all }
      return countPeriod({ ...source, milestones: await milestones.all() }, query, maxMs, signal)
    },
    ...viewQueries(() => collection(served), milestones, asOwn(fold)),
    // Must succeed before any other call: after a failed first connection, every other call fails until `connect` is
    // called again. (outage.int.test: "can be opened while its server is away")
    connect: async () => void (await client.connect()),
    isUp: async () => (await client.db().command({ ping: 1 })).ok === 1,
    pool: watchPools(client),
    close: () => client.close(),
  }
}

// After a rollback, an older process does not know a later version's fields, but it knows all events behind them.
const asOwn = (fold: Fold) => (view: OrderView) => {
  const { _id, timeline, projection = fold.version } = view
  return projection > fold.version ? { ...fold.view(_id, timeline), projection } : view
}

// An order's id is a UUIDv7, so descending ids are the newest orders first. Every list reads by status (view-queries.ts):
// each index costs SecantusDB a sixth of a replacement more.
const indexes: { readonly key: Record<string, 1 | -1> }[] = [
  { key: { status: 1, _id: -1 } },
  { key: { branchId: 1, status: 1, _id: -1 } },
  { key: { sauceId: 1, status: 1, _id: -1 } },
]

async function makeIndexes(views: Collection<OrderView>): Promise<void> {
  await views.createIndexes(indexes, { timeoutMS: 60_000 })
  const wanted = new Set(['_id_', ...indexes.map(({ key }) => Object.entries(key).flat().join('_'))])
  // Those of earlier releases: every index costs every write.
  for (const { name = '' } of await views.indexes({ timeoutMS: 60_000 }))
    if (!wanted.has(name)) await views.dropIndex(name, { timeoutMS: 60_000 }).catch(unless(indexNotFound))
}
