import type { Abortable, Collection, FindOptions } from 'mongodb'
import { type CountedOrder, countRange, type OrderCounts } from '../view/order-counts.ts'
import type { OrderView } from '../view/order-view.ts'
import { statusesInFlow } from '../view/status-flow.ts'
import { secondOf, type Touched } from './touched.ts'
import { idRangeFilter } from './windows.ts'

/** The orders from one milestone to the next, about 256, as they were counted. */
export interface Chunk {
  /** The milestone that it begins with. */
  readonly _id: string
  /** The next milestone. */
  readonly to: string
  /** The revision of the mark `all` when it was counted; 0 without one. */
  readonly epoch: number
  /** One more each time it is counted. */
  readonly version: number
  /** `OrderCounts` as JSON: SecantusDB reads one text much faster than its parts. */
  readonly all: string
  /** `OrderCounts` of each branch, as JSON. */
  readonly branches: string
}

/** All but the counts. */
export type ChunkHead = Pick<Chunk, '_id' | 'to' | 'epoch' | 'version'>

export interface ClosedRange {
  readonly from: string
  readonly to: string
}

/** Whether nothing that was written since it was counted belongs to it. */
export const isCurrent = (chunk: ChunkHead | undefined, to: string, marks: Marks): boolean =>
  chunk !== undefined &&
  chunk.to === to &&
  chunk.epoch === marks.epoch &&
  !isTouched({ from: chunk._id, to }, marks)

export interface Marks {
  readonly epoch: number
  readonly seconds: readonly number[]
}

/** The marks as they are asked about: the seconds in order. */
export function marksOf(touched: readonly Touched[]): Marks {
  const seconds = touched.flatMap(({ _id }) => (_id === 'all' ? [] : [_id])).sort((a, b) => a - b)
  return { epoch: touched.find(({ _id }) => _id === 'all')?.revision ?? 0, seconds }
}

/** Whether orders of this range may have been written since it was counted. */
export function isTouched({ from, to }: ClosedRange, { seconds }: Marks): boolean {
  const [first, last] = [secondOf(from), secondOf(to)]
  let [low, high] = [0, seconds.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((seconds[middle] ?? 0) < first) low = middle + 1
    else high = middle
  }
  return (seconds[low] ?? Number.POSITIVE_INFINITY) <= last
}

/** The orders of a range, in no particular order: each status by its index (order-list.ts reads them so, too). */
export async function readCounted(
  views: Collection<OrderView>,
  range: ClosedRange,
  branchId: string | undefined,
  options: FindOptions & Abortable,
): Promise<CountedOrder[]> {
  const byId = new Map<string, CountedOrder>()
  const projection = { status: 1, branchId: 1, placedAt: 1, tookMs: 1 }
  for (const status of statusesInFlow) {
    const filter = { ...(branchId !== undefined && { branchId }), status, ...idRangeFilter(range) }
    const found = await views.find<CountedOrder>(filter, { ...options, projection }).toArray()
    for (const order of found) byId.set(order._id, order)
  }
  return [...byId.values()]
}

export const chunkOf = (
  range: ClosedRange,
  orders: readonly CountedOrder[],
  head: Pick<Chunk, 'epoch' | 'version'>,
): Chunk => {
  const { all, branches } = countRange(orders)
  const counts = { all: JSON.stringify(all), branches: JSON.stringify(branches) }
  return { _id: range.from, to: range.to, ...head, ...counts }
}

const nothing: OrderCounts = { placed: [], took: [] }

export const countsIn = (chunk: Chunk, branchId: string | undefined): OrderCounts =>
  branchId === undefined ? JSON.parse(chunk.all) : (JSON.parse(chunk.branches)[branchId] ?? nothing)
