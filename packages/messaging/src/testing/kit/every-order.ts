import { randomFrom, shuffled } from './random.ts'

interface EveryOrderOptions {
  /** How often each event comes at most. */
  readonly times?: number
  /** More orders than this are not listed: so many are drawn at random. */
  readonly limit?: number
  /** Of the random orders, as it was printed. */
  readonly seed?: number | undefined
  /** Prints the seed when orders are drawn, and the order at which a test ended early. Default: standard error. */
  readonly print?: (line: string) => void
  /** How an event is called in what is printed. Default: its `name`. */
  readonly describe?: (event: never) => string
}

/**
 * Every order in which the events can arrive, each one once to `times` times: a message is delivered at least once,
 * and before or after any other. Where there are more than `limit`, as many are drawn at random, and the seed is
 * printed. Iterate with `for … of`: when its body throws, the arrival is printed.
 */
export function everyOrder<E>(events: readonly E[], options: EveryOrderOptions = {}): Iterable<E[]> {
  const { times = 2, limit = 10_000, print = printLine } = options
  const describe = (options.describe ?? nameOf) as (event: E) => string
  const total = countOrders(events.length, times)
  const isSample = total > limit
  const { seed = randomSeed() } = options

  return {
    *[Symbol.iterator]() {
      if (isSample) print(`everyOrder: ${limit} of ${total} orders; to repeat these: { seed: ${seed} }`)
      const orders = isSample ? sample(events, times, limit, seed) : permutations(events, times)
      let [tried, current, isFinished]: [number, E[], boolean] = [0, [], false]
      try {
        for (current of orders) {
          tried += 1
          yield [...current]
        }
        isFinished = true
      } finally {
        if (!isFinished) print(`everyOrder: ended at order ${tried}: ${current.map(describe).join(', ')}`)
      }
    },
  }
}

/** One order at random, each event once to `times` times. Prints the seed that repeats it. */
export function anyOrder<E>(
  events: readonly E[],
  {
    times = 2,
    seed = randomSeed(),
    print = printLine,
  }: Pick<EveryOrderOptions, 'times' | 'seed' | 'print'> = {},
): E[] {
  print(`anyOrder: to repeat this order of ${events.length} events: { seed: ${seed} }`)
  const [order] = [...sample(events, times, 1, seed)]
  return order ?? []
}

const printLine = (line: string) => void process.stderr.write(`${line}\n`)

const randomSeed = () => Math.floor(Math.random() * 2 ** 32)

const nameOf = (event: unknown): string => String((event as { name?: unknown } | null)?.name ?? event)

/** The number of sequences in which each of `events` different items occurs 1 to `times` times. */
function countOrders(events: number, times: number): number {
  // 21! alone is more than anybody lists.
  if (events > 20) return Number.POSITIVE_INFINITY
  // By exponential generating functions: of lengths, the number of ways to place the items so far.
  let ways = [1]
  for (let item = 0; item < events; item++) {
    const next = Array<number>(ways.length + times).fill(0)
    for (const [length, count] of ways.entries())
      for (let copies = 1; copies <= times; copies++)
        next[length + copies] = (next[length + copies] ?? 0) + count * binomial(length + copies, copies)
    ways = next
  }
  return ways.reduce((sum, count) => sum + count, 0)
}

function binomial(n: number, k: number): number {
  let ways = 1
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i
  return ways
}

function* permutations<E>(events: readonly E[], times: number): Generator<E[]> {
  const left = events.map(() => times)
  const arrived: E[] = []
  function* extend(missing: number): Generator<E[]> {
    if (missing === 0) yield arrived
    for (const [i, event] of events.entries()) {
      const copies = left[i] ?? 0
      if (copies === 0) continue
      left[i] = copies - 1
      arrived.push(event)
      yield* extend(copies === times ? missing - 1 : missing)
      arrived.pop()
      left[i] = copies
    }
  }
  yield* extend(events.length)
}

function* sample<E>(events: readonly E[], times: number, count: number, seed: number): Generator<E[]> {
  const random = randomFrom(seed)
  for (let i = 0; i < count; i++) {
    const all = events.flatMap((event) => Array<E>(1 + Math.floor(random() * times)).fill(event))
    yield shuffled(all, random)
  }
}
