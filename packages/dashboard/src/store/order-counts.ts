import { firstIdAt } from '@saucery/messaging/events/event'
import type { Collection } from 'mongodb'
import { addCounts, countOrders, type OrderCounts } from '../view/order-counts.ts'
import type { OrderView } from '../view/order-view.ts'
import { placedTimeLength, type StatisticsQuery } from '../view/statistics-query.ts'
import { type Chunk, type ClosedRange, countsIn, isCurrent, marksOf, readCounted } from './chunks.ts'
import { limitedTo } from './limits.ts'
import type { Touched } from './touched.ts'
import { firstBelow } from './windows.ts'

interface CountsSource {
  readonly views: Collection<OrderView>
  readonly chunks: Collection<Chunk>
  readonly touched: () => Promise<Touched[]>
  /** The newest first. */
  readonly milestones: readonly string[]
}

/** The statistics use so many durations at most: those of the newest orders. */
const maxDurations = 10_000

/** Ranges that are read from the documents are read in parts of so many milestones. */
const maxLive = 16

/**
 * How many orders of a period have which status, and how long the newest deliveries took. What has settled is counted
 * already, by chunks; only the rest is read from the documents.
 */
export async function countPeriod(
  source: CountsSource,
  query: StatisticsQuery,
  maxMs: number,
  signal?: AbortSignal,
) {
  const { views } = source
  const limits = limitedTo(maxMs, signal)
  const [from, to] = [firstIdAt(query.since), firstIdAt(query.until)]
  const within = source.milestones.slice(
    firstBelow(source.milestones, to),
    firstBelow(source.milestones, from),
  )
  // First the marks: what is no longer marked then is in the chunks that are read after it.
  const marks = marksOf(await source.touched())
  const chunks = await readChunks(source, within, query.branchId, limits)
  const counts: OrderCounts[] = []
  let live: { from: string; to: string; parts: number } | undefined
  async function readLive(): Promise<void> {
    if (live) counts.push(countOrders(await readCounted(views, live, query.branchId, limits)))
    live = undefined
  }
  for (const range of rangesOf(from, to, within)) {
    const chunk = chunks.get(range.from)
    if (chunk && isCurrent(chunk, range.to, marks)) {
      await readLive()
      counts.push(countsIn(chunk, query.branchId))
    } else {
      if (live && live.parts >= maxLive) await readLive()
      live = { from: range.from, to: live?.to ?? range.to, parts: 1 + (live?.parts ?? 0) }
    }
  }
  await readLive()
  return addCounts(counts, placedTimeLength(query), maxDurations)
}

/** From one milestone to the next, the newest first; the first and the last range are parts of chunks. */
function rangesOf(from: string, to: string, within: readonly string[]): ClosedRange[] {
  const ends = [to, ...within, from]
  return ends.slice(1).map((start, i) => ({ from: start, to: ends[i] ?? to }))
}

async function readChunks(
  { chunks }: CountsSource,
  within: readonly string[],
  branchId: string | undefined,
  limits: ReturnType<typeof limitedTo>,
): Promise<ReadonlyMap<string, Chunk>> {
  const [newest, oldest] = [within[0], within.at(-1)]
  if (newest === undefined || oldest === undefined) return new Map()
  const counts = branchId === undefined ? { all: 1 } : { branches: 1 }
  const options = { ...limits, projection: { to: 1, epoch: 1, version: 1, ...counts } }
  const found = await chunks.find({ _id: { $gte: oldest, $lt: newest } }, options).toArray()
  return new Map(found.map((chunk) => [chunk._id, chunk]))
}
