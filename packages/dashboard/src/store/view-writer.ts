import type { Outcome } from '@saucery/messaging/async/batcher'
import { BSON, type Collection } from 'mongodb'
import type { Entries, TimelineEntry } from '../view/order-json.ts'
import { mergeTimeline, type OrderView } from '../view/order-view.ts'
import { byIds } from './by-ids.ts'
import { type IsAtLocation, movedEntries } from './event-location.ts'
import type { Milestones } from './milestones.ts'
import { duplicatesIn, isStoreOutage } from './mongo-errors.ts'
import type { openTouched } from './touched.ts'
import type { WrittenViews } from './written-views.ts'

/** An event's entry, and the order that it belongs to. */
export interface Addition {
  readonly orderId: string
  readonly entry: TimelineEntry
}

/** A version of the projection: what it computes from an order's events. */
export interface Fold {
  readonly version: number
  readonly view: (orderId: string, timeline: Entries) => OrderView
}

interface WriteTarget {
  readonly views: Collection<OrderView>
  readonly written: WrittenViews
  readonly milestones: Pick<Milestones, 'add'>
  readonly touched: Pick<ReturnType<typeof openTouched>, 'around'>
  readonly fold: Fold
  readonly isAtLocation: IsAtLocation
}

type EntriesByOrder = ReadonlyMap<string, Entries>
type Failures = ReadonlyMap<string, { readonly error: unknown }>

/** Adds events to their orders' documents, all events of one order in one write. */
export async function writeAll(target: WriteTarget, additions: Addition[]): Promise<Outcome<undefined>[]> {
  const entries = new Map<string, TimelineEntry[]>()
  for (const { orderId, entry } of additions) entries.set(orderId, [...(entries.get(orderId) ?? []), entry])
  const failures = await failedOrders(target, entries)
  return additions.map(({ orderId }) => failures.get(orderId) ?? { value: undefined })
}

/** If writing them all fails, each half is written alone, so an order that cannot be written holds back no other. */
async function failedOrders(target: WriteTarget, entries: EntriesByOrder): Promise<Failures> {
  try {
    await write(target, entries)
    return new Map()
  } catch (error) {
    const orders = [...entries]
    if (orders.length === 1 || isStoreOutage(error)) return new Map(orders.map(([id]) => [id, { error }]))
    const half = Math.ceil(orders.length / 2)
    const first = await failedOrders(target, new Map(orders.slice(0, half)))
    return new Map([...first, ...(await failedOrders(target, new Map(orders.slice(half))))])
  }
}

// SecantusDB looks at the whole command for each of many replacements at once.
const ordersPerWrite = 250

// The driver waits without end for the answer when its connection is cut as the command begins (seen with 7.9).
// (store-down.int.test: "leaves all events to another replica")
const limited = { timeoutMS: 20_000 }

/**
 * Reads, merges, and writes each document that no other replica changed in between; repeats for the others.
 * (view-store.int.test: "two replicas that share an order's events end in the same document")
 */
async function write(target: WriteTarget, entries: EntriesByOrder): Promise<void> {
  const { views, written, milestones, touched } = target
  // Orders whose placing comes now are mostly new, and an insert refuses those that are not: they need not be read.
  const isNew = (orderId: string) =>
    entries.get(orderId)?.some(({ event }) => event === 'OrderPlaced') ?? false
  let open = [...entries.keys()]
  const known = new Set(open.filter((id) => !isNew(id)))
  const remembered = new Map(written.among([...known]).map((view) => [view._id, view]))
  while (open.length > 0) {
    const orderIds = open.slice(0, ordersPerWrite)
    const ours = orderIds.flatMap((id) => remembered.get(id) ?? [])
    const read = orderIds.filter((id) => known.has(id) && !remembered.has(id))
    const found = [...ours, ...(await byIds(views, read, limited))]
    const before = new Map(found.map((view) => [view._id, view]))
    const moved = await movedEntries(found, entries, target.isAtLocation)
    const after = orderIds.map((orderId) => {
      const kept = before.get(orderId)?.timeline.filter((entry) => !moved.has(entry)) ?? []
      return viewFrom(target.fold, orderId, mergeTimeline(kept, entries.get(orderId) ?? []))
    })
    const added = after.filter(({ _id }) => !before.has(_id))
    const same = new Set(after.filter((view) => isSame(view, before.get(view._id))))
    const changed = after.filter((view) => before.has(view._id) && !same.has(view))
    const conflicts = await touched.around(orderIds, async () => {
      const refused = await Promise.all([insert(views, added), replace(views, changed, before)])
      await milestones.add(added.map(({ _id }) => _id))
      return refused.flat()
    })
    const isRefused = new Set(conflicts)
    written.keep([...added, ...changed].filter(({ _id }) => !isRefused.has(_id)))
    if (conflicts.some((id) => remembered.has(id))) written.distrust()
    // The store may have lost what this process remembers: what would change nothing is read.
    const again = [...conflicts, ...[...same].flatMap(({ _id }) => (remembered.has(_id) ? _id : []))]
    for (const orderId of again) {
      known.add(orderId)
      remembered.delete(orderId)
    }
    open = [...open.slice(ordersPerWrite), ...again]
  }
}

const viewFrom = ({ view, version }: Fold, orderId: string, timeline: Entries): OrderView => ({
  ...view(orderId, timeline),
  projection: version,
})

// Compares every byte, so that a document that was tampered with is repaired when its events come again.
const isSame = (a: OrderView, b: OrderView | undefined): boolean =>
  a.timeline.length === b?.timeline.length && Buffer.compare(bytesOf(a), bytesOf(b)) === 0

const bytesOf = (view: OrderView) => BSON.serialize(view, { ignoreUndefined: true })

/** @returns the ids that another replica inserted first */
async function insert(views: Collection<OrderView>, added: OrderView[]): Promise<string[]> {
  if (added.length === 0) return []
  try {
    await views.insertMany(added, { ordered: false, ...limited })
    return []
  } catch (error) {
    return duplicatesIn(error).flatMap((index) => added[index]?._id ?? [])
  }
}

/** @returns the ids that another replica may have changed in between */
async function replace(
  views: Collection<OrderView>,
  changed: readonly OrderView[],
  before: ReadonlyMap<string, OrderView>,
): Promise<string[]> {
  if (changed.length === 0) return []
  const replacements = changed.map(({ _id, ...replacement }) => {
    const filter = { _id, timeline: before.get(_id)?.timeline ?? [] }
    return { replaceOne: { filter, replacement } }
  })
  const { matchedCount } = await views.bulkWrite(replacements, { ordered: false, ...limited })
  return matchedCount === changed.length ? [] : changed.map(({ _id }) => _id)
}
