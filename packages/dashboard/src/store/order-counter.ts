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
import { type openTouched, settledMs, type Touched, type TouchedKey } from './touched.ts'

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
 * (order-counts.int.test: "are those of the documents, whoever writes meanwhile")
 */
export function openOrderCounter(store: CountedStore, now = () => performance.now()) {
  const { views, chunks, touched, milestones } = store
  const seen = new Map<TouchedKey, { readonly revision: number; readonly since: number }>()
  /** What this process knows to be counted; another one may have counted since. */
  const heads = new Map<string, ChunkHead>()
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
    const whole = { from: oldest.from, to: newest.to }
    const orders = await readCounted(views, whole, undefined, limitedTo(maxReadMs, signal))
    for (const range of ranges) {
      const within = orders.filter(({ _id }) => _id >= range.from && _id < range.to)
      await keep(chunkOf(range, within, { epoch, version: 1 + (heads.get(range.from)?.version ?? 0) }))
    }
  }

  /** Another process that counted meanwhile may have read newer documents: then its counts stay. */
  async function keep({ _id, ...counted }: Chunk): Promise<void> {
    const version = counted.version - 1
    const replace = chunks.replaceOne({ _id, version }, counted, { upsert: version === 0 })
    const replaced = await replace.catch(unless(duplicateKey))
    if (replaced && replaced.matchedCount + replaced.upsertedCount > 0)
      heads.set(_id, { _id, to: counted.to, epoch: counted.epoch, version: counted.version })
    else isLoaded = false
  }

  /** @returns whether everything that has settled is counted */
  return async (budgetMs: number, signal: AbortSignal): Promise<boolean> => {
    const until = now() + budgetMs
    const marked = await touched.all()
    const settled = settledOf(marked)
    const open = marksOf(marked.filter((mark) => !settled.includes(mark)))
    const ids = await milestones.all()
    if (open.epoch > 0 || !milestones.mayCount()) return false
    const marks = marksOf(marked)
    if (!isLoaded) await load()
    let due: ClosedRange[] = []
    for (let i = 1; i <= ids.length; i++) {
      const range = { from: ids[i] ?? '', to: ids[i - 1] ?? '' }
      const isDue =
        i < ids.length && !isCurrent(heads.get(range.from), range.to, marks) && !isTouched(range, open)
      if (isDue) due.push(range)
      if (due.length < (isDue ? perRead : 1)) continue
      if (now() > until || signal.aborted) return false
      await count(due, marks.epoch, signal)
      due = []
    }
    if (isLoaded) await touched.remove(settled.filter(({ _id }) => _id !== 'all'))
    return isLoaded
  }
}
