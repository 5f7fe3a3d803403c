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

  async function count(range: ClosedRange, epoch: number, signal: AbortSignal): Promise<void> {
    const version = heads.get(range.from)?.version ?? 0
    const orders = await readCounted(views, range, undefined, limitedTo(maxReadMs, signal))
    const chunk = chunkOf(range, orders, { epoch, version: version + 1 })
    // Another process that counted meanwhile may have read newer documents.
    const { _id, ...replacement } = chunk
    const replace = chunks.replaceOne({ _id, version }, replacement, { upsert: version === 0 })
    const replaced = await replace.catch(unless(duplicateKey))
    if (replaced && replaced.matchedCount + replaced.upsertedCount > 0) heads.set(_id, chunk)
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
    for (let i = 1; i < ids.length; i++) {
      const range = { from: ids[i] ?? '', to: ids[i - 1] ?? '' }
      if (isCurrent(heads.get(range.from), range.to, marks) || isTouched(range, open)) continue
      if (now() > until || signal.aborted) return false
      await count(range, marks.epoch, signal)
    }
    if (isLoaded) await touched.remove(settled.filter(({ _id }) => _id !== 'all'))
    return isLoaded
  }
}
