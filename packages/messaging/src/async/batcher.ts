/** The outcome of one item of a batch. */
export type Outcome<R> = { readonly value: R } | { readonly error: unknown }

export interface BatchLimits<T = unknown> {
  readonly size?: number
  readonly concurrency?: number
  readonly everyMs?: (items: number) => number
  readonly laneOf?: (item: T) => string
}

const burst = 5

/**
 * Runs calls in batches: the calls that arrive while a batch is running form the next one. A single call never waits.
 * Under load the batches grow, so that more calls share one transaction or one round trip.
 * @param run handles a batch and returns the outcomes in the order of the items; if it throws, all items fail
 * @param limits `size`: the most items in a batch; `concurrency`: the most batches that run at once; `everyMs`: the
 *   time from one start to the next, after a burst of five, which may depend on the number of items in the batch;
 *   `laneOf`: each lane has an equal share of a batch, so that many items of one never hold up a few of another
 */
export function batcher<T, R>(
  run: (items: T[]) => Promise<Outcome<R>[]>,
  { size = 256, concurrency = 1, everyMs = () => 0, laneOf = () => '' }: BatchLimits<T> = {},
): (item: T) => Promise<R> {
  type Waiting = { item: T; resolve: (value: R) => void; reject: (error: unknown) => void }
  const lanes = new Map<string, Waiting[]>()
  let waiting = 0
  let running = 0
  let scheduled = false
  // The generic cell rate algorithm: a burst starts at once, a lasting load keeps to the rate.
  let due = Number.NEGATIVE_INFINITY

  function schedule(): void {
    if (scheduled || waiting === 0 || running >= concurrency) return
    scheduled = true
    const now = performance.now()
    due = Math.max(due, now - burst * everyMs(1))
    // A turn of the event loop later at the earliest, so that calls that arrived together form one batch.
    if (due <= now) setImmediate(start)
    else setTimeout(start, due - now)
  }

  function start(): void {
    scheduled = false
    due += everyMs(Math.min(size, waiting))
    void runBatch()
  }

  async function runBatch(): Promise<void> {
    const batch = takeFairly(lanes, size)
    waiting -= batch.length
    running += 1
    schedule()
    try {
      const outcomes = await run(batch.map(({ item }) => item))
      batch.forEach(({ resolve, reject }, i) => {
        const outcome = outcomes[i]
        if (outcome === undefined) reject(new Error('the batch has no outcome for an item'))
        else if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.value)
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      running -= 1
      schedule()
    }
  }

  return (item) =>
    new Promise<R>((resolve, reject) => {
      const lane = laneOf(item)
      const before = lanes.get(lane)
      if (before) before.push({ item, resolve, reject })
      else lanes.set(lane, [{ item, resolve, reject }])
      waiting += 1
      schedule()
    })
}

/** Takes an equal share from each lane, the first ones of it. What one lane does not use is left to the longer ones. */
function takeFairly<Item>(lanes: Map<string, Item[]>, size: number): Item[] {
  const taken: Item[] = []
  const byLength = [...lanes].sort(([, one], [, other]) => one.length - other.length)
  for (const [i, [lane, items]] of byLength.entries()) {
    const share = Math.ceil((size - taken.length) / (byLength.length - i))
    taken.push(...items.slice(0, share))
    if (items.length > share) lanes.set(lane, items.slice(share))
    else lanes.delete(lane)
  }
  return taken
}
