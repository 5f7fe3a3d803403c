/** What became of one item of a group. */
export type Outcome<R> = { readonly value: R } | { readonly error: unknown }

export interface BatchLimits {
  readonly size?: number
  readonly concurrency?: number
  readonly everyMs?: (items: number) => number
}

const burst = 5

/**
 * Gathers the calls that arrive while an earlier group is under way, and runs them together.
 *
 * Alone, a call waits for nobody; under load the groups grow, and with them the number of calls that share one
 * transaction or one round trip.
 * @param run handles a group, and tells each item's outcome in the same order; if it throws, all fail
 * @param limits `size`: items in a group at most; `concurrency`: groups under way at once; `everyMs`: time from
 *   one group's start to the next one's, after a burst of five; may depend on the number of items in the group
 */
export function batcher<T, R>(
  run: (items: T[]) => Promise<Outcome<R>[]>,
  { size = 256, concurrency = 1, everyMs = () => 0 }: BatchLimits = {},
): (item: T) => Promise<R> {
  type Waiting = { item: T; resolve: (value: R) => void; reject: (error: unknown) => void }
  let waiting: Waiting[] = []
  let running = 0
  let scheduled = false
  // The generic cell rate algorithm: a burst goes at once, what lasts is held to the rate.
  let due = Number.NEGATIVE_INFINITY

  function schedule(): void {
    if (scheduled || waiting.length === 0 || running >= concurrency) return
    scheduled = true
    const now = performance.now()
    due = Math.max(due, now - burst * everyMs(1))
    // At the earliest in one turn of the loop, so that what arrived on the wire together goes together.
    if (due <= now) setImmediate(start)
    else setTimeout(start, due - now)
  }

  function start(): void {
    scheduled = false
    due += everyMs(Math.min(size, waiting.length))
    void runGroup()
  }

  async function runGroup(): Promise<void> {
    const group = waiting.slice(0, size)
    waiting = waiting.slice(size)
    running += 1
    schedule()
    try {
      const outcomes = await run(group.map(({ item }) => item))
      group.forEach(({ resolve, reject }, i) => {
        const outcome = outcomes[i]
        if (outcome === undefined) reject(new Error('the group told no outcome for an item'))
        else if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.value)
      })
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      running -= 1
      schedule()
    }
  }

  return (item) =>
    new Promise<R>((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      schedule()
    })
}
