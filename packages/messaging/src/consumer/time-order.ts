import type { JsMsg } from 'nats'

/** So many messages that the broker has not delivered yet are a backlog. */
const backlog = 500

/** A stream of which nothing comes for this time keeps the others waiting no longer. A batch may take seconds. */
const patienceMs = 10_000

interface Place {
  /** When the newest message that was received was stored, in ns since 1970. */
  readonly at: number
  /** A backlog waits in the stream. */
  readonly isBehind: boolean
}

/**
 * Brings messages of several streams into the order in which they were stored, while a backlog of them is consumed: a
 * message waits until each stream with a backlog has come to its time. So the events of one key, which lie in several
 * streams, are handed over together, and a handler that batches finds them in one batch.
 *
 * This order is not reliable: a handler must not depend on it.
 */
export function openTimeOrder() {
  const places = new Map<string, Place>()
  let waiting: { readonly at: number; readonly resolve: () => void }[] = []
  let hasEnded = false
  let isScheduled = false
  let impatient: NodeJS.Timeout | undefined

  const slowest = () =>
    Math.min(...[...places.values()].map(({ at, isBehind }) => (isBehind ? at : Number.POSITIVE_INFINITY)))

  function handOver(): void {
    isScheduled = false
    const upTo = slowest()
    const ready = waiting.filter(({ at }) => at <= upTo)
    if (ready.length === 0) return
    waiting = waiting.filter(({ at }) => at > upTo)
    for (const { resolve } of ready) resolve()
    clearTimeout(impatient)
    impatient = undefined
    watch()
  }

  function watch(): void {
    if (waiting.length > 0) impatient ??= setTimeout(passSlowest, patienceMs)
  }

  /** It may be another replica that receives its messages. */
  function passSlowest(): void {
    impatient = undefined
    const at = slowest()
    for (const [stream, place] of places) if (place.at === at) places.set(stream, { at, isBehind: false })
    handOver()
    watch()
  }

  return {
    /** Resolves when it is the message's turn. Called for each message as it is received. */
    turnOf({ redelivered, info: { stream, timestampNanos, pending } }: JsMsg): Promise<void> | undefined {
      // A consumer that was made anew begins with old messages, which are no redelivered ones.
      const at = redelivered ? Math.max(timestampNanos, places.get(stream)?.at ?? 0) : timestampNanos
      places.set(stream, { at, isBehind: pending >= backlog })
      if (!isScheduled && waiting.length > 0) {
        isScheduled = true
        setImmediate(handOver)
      }
      if (hasEnded || timestampNanos <= slowest()) return undefined
      const turn = new Promise<void>((resolve) => waiting.push({ at: timestampNanos, resolve }))
      watch()
      return turn
    },
    /** Hands over all that wait, and from now on every message at once. */
    end(): void {
      hasEnded = true
      clearTimeout(impatient)
      for (const { resolve } of waiting) resolve()
      waiting = []
    },
  }
}
