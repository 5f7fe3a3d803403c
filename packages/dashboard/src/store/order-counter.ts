import type { Collection } from 'mongodb'
import type { OrderView } from '../view/order-view.ts'
import {
  type Chunk,
  type ChunkHead,
  type ClosedRange,
  chunkOf,
  isCurrent,
  isTouched,
  marksOf,
  readCounted,
} from './chunks.ts'
import { limitedTo } from './limits.ts'
import type { Milestones } from './milestones.ts'
import { duplicateKey, unless } from './mongo-errors.ts'
import { type openTouched, secondOf, settledMs, type Touched, type TouchedKey } from './touched.ts'

export interface CountedStore {
  readonly views: Collection<OrderView>
  readonly chunks: Collection<Chunk>
  readonly touched: ReturnType<typeof openTouched>
  readonly milestones: Milestones
}

const maxReadMs = 10_000

/** Chunks that are read at once: each read asks for every status. */
const perRead = 8

/**
 * Counts the chunks whose orders no one writes any more, the newest first, and removes their marks.
 * (order-counts.int.test: "equal the documents’ while two processes write and count")
 */
export function openOrderCounter(store: CountedStore, now = () => performance.now()) {
  const { views, chunks, touched, milestones } = store
  const seen = new Map<TouchedKey, { readonly revision: number; readonly since: number }>()
  /** What this process knows to be counted; another one may have counted since. */
  const heads = new Map<string, ChunkHead>()
  /** When this process began to count a chunk, by its clock. */
  const countedAt = new Map<string, number>()
  let isLoaded = false

  /** The marks whose revision this process has seen unchanged for long enough. */
  function settledOf(marks: readonly Touched[]): Touched[] {
    const at = now()
    const ids = new Set(marks.map(({ _id }) => _id))
    for (const key of seen.keys()) if (!ids.has(key)) seen.delete(key)
    for (const { _id, revision } of marks)
      if (seen.get(_id)?.revision !== revision) seen.set(_id, { revision, since: at })
    return marks.filter(({ _id }) => at - (seen.get(_id)?.since ?? at) >= settledMs)
  }

  async function load(): Promise<void> {
    const found = chunks.find({}, { projection: { to: 1, epoch: 1, version: 1 } })
    for (const head of await found.toArray()) heads.set(head._id, head)
    isLoaded = true
  }

  /** @param ranges side by side, the newest first: they are read at once */
  async function count(ranges: readonly ClosedRange[], epoch: number, signal: AbortSignal): Promise<void> {
    const [newest, oldest] = [ranges[0], ranges.at(-1)]
    if (!newest || !oldest) return
    const at = now()
    const whole = { from: oldest.from, to: newest.to }
    const orders = await readCounted(views, whole, undefined, limitedTo(maxReadMs, signal))
    for (const range of ranges) {
      const within = orders.filter(({ _id }) => _id >= range.from && _id < range.to)
      const version = 1 + (heads.get(range.from)?.version ?? 0)
      if (await keep(chunkOf(range, within, { epoch, version }))) countedAt.set(range.from, at)
    }
  }

  /** Another process that counted meanwhile may have read newer documents: then its counts stay. */
  async function keep({ _id, ...counted }: Chunk): Promise<boolean> {
    const version = counted.version - 1
    const replace = chunks.replaceOne({ _id, version }, counted, { upsert: version === 0 })
    const replaced = await replace.catch(unless(duplicateKey))
    const isKept = replaced !== undefined && replaced.matchedCount + replaced.upsertedCount > 0
    if (isKept) heads.set(_id, { _id, to: counted.to, epoch: counted.epoch, version: counted.version })
    else isLoaded = false
    return isKept
  }

  /** Whether it has to be counted, for what the marks say and for itself. */
  function isDue(range: Span, settled: readonly Touched[], epoch: number): boolean {
    const since = settled
      .filter((mark) => isWithin(mark, range))
      .map(({ _id }) => (seen.get(_id)?.since ?? 0) + settledMs)
    const isCounted = isCurrent(heads.get(range.from), range.to, { epoch, seconds: [] })
    return !isCounted || Math.max(...since) > (countedAt.get(range.from) ?? Number.NEGATIVE_INFINITY)
  }

  /** @returns whether everything that has settled is counted */
  return async (budgetMs: number, signal: AbortSignal): Promise<boolean> => {
    const until = now() + budgetMs
    const marked = await touched.all()
    const settled = settledOf(marked)
    const open = marksOf(marked.filter((mark) => !settled.includes(mark)))
    const ids = await milestones.all()
    if (open.epoch > 0 || !milestones.mayCount()) return false
    if (!isLoaded) await load()
    const { epoch } = marksOf(settled)
    const seconds = settled.filter(({ _id }) => _id !== 'all')
    const ranges = ids.slice(1).map((from, i) => spanOf({ from, to: ids[i] ?? '' }))
    const due = ranges.filter((range) => !isTouched(range, open) && isDue(range, seconds, epoch))
    while (due.length > 0 && now() <= until && !signal.aborted) {
      const isBeside = (range: ClosedRange, i: number) => i === 0 || due[i - 1]?.from === range.to
      const length = due.slice(0, perRead).findIndex((range, i) => !isBeside(range, i))
      await count(due.splice(0, length < 0 ? perRead : length), epoch, signal)
    }
    const left = isLoaded ? [...due, ...ranges.filter((range) => isTouched(range, open))] : ranges
    const isLeft = (mark: Touched) => left.some((range) => isWithin(mark, range))
    await touched.remove(seconds.filter((mark) => !isLeft(mark)))
    return isLoaded && due.length === 0
  }
}

interface Span extends ClosedRange {
  /** Seconds, both inclusive. */
  readonly first: number
  readonly last: number
}

const spanOf = (range: ClosedRange): Span => ({
  ...range,
  first: secondOf(range.from),
  last: secondOf(range.to),
})

const isWithin = ({ _id }: Touched, { first, last }: Span) => _id !== 'all' && _id >= first && _id <= last
