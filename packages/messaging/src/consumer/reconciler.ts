import { runEvery } from '../async/periodic.ts'
import { reconcileDeadLetters } from '../dead-letters/reconciler.ts'
import type { Compared } from './comparison.ts'
import { pastMoment } from './past-moment.ts'
import type { HandledState, PolicyOptions } from './policy.ts'
import { passRedeliveredMs } from './watermark.ts'

const lookEveryMs = 1000
const retryAfterMs = 5000

/** For whoever asks how far the state is compared. */
const freshForMs = 2000

/** A comparison that takes long is followed by a pause that is this many times as long. */
const pauseFactor = 20

interface Comparison {
  readonly stream: string
  compare(isThorough: boolean): Promise<Compared | undefined>
}

/**
 * Decides when the service's state is compared with the streams: at the start, after each reconnect, each time that
 * `reconcile` is called, and on a timer, because a cluster may lose messages while its clients stay connected.
 */
export function openConsumerReconciler(
  { broker, log, compareEveryMs }: Pick<PolicyOptions, 'broker' | 'log' | 'compareEveryMs'>,
  { deadLetters }: HandledState,
  comparisons: readonly Comparison[],
  passesAfterMs = passRedeliveredMs,
) {
  let dueAt = 0
  /** A run that is asked for begins then at the earliest. */
  let restsUntil = 0
  let isThorough = true
  const results = new Map<string, Compared & { readonly until: () => number }>()
  /** Since when a stream has events that cannot be handled, however often they are tried. */
  const unresolvedSince = new Map<string, number>()

  /** @returns false if the consumer is not there yet: its pull has not started */
  async function compareOne({ stream, compare }: Comparison, isThorough: boolean): Promise<boolean> {
    const at = pastMoment()
    const result = await compare(isThorough)
    if (!result) return false
    const { missed, unresolved, oldestInFlight } = result
    if (unresolved === 0) unresolvedSince.delete(stream)
    const since = unresolvedSince.get(stream) ?? performance.now()
    if (unresolved > 0) unresolvedSince.set(stream, since)
    // One that can never be handled must not stop the deadlines of the others.
    // (reconciler.test: "passes an event that cannot be handled, after a time")
    const waits = unresolved > 0 && performance.now() - since < passesAfterMs
    const until = () => Math.min(at.time(), oldestInFlight)
    results.set(stream, { ...result, until: waits ? (results.get(stream)?.until ?? (() => 0)) : until })
    if (missed + unresolved > 0)
      log.warn({ stream, missed, unresolved }, 'broker did not hand over events, handling them now')
    return true
  }

  /**
   * @returns false if a consumer is not there yet: its pull has not started
   * @throws the first failure, after all have been tried
   */
  async function compareAll(isThorough: boolean): Promise<boolean> {
    const tasks = [
      async () => reconcileDeadLetters(broker, deadLetters, log).then(() => true),
      ...comparisons.map((one) => () => compareOne(one, isThorough)),
    ]
    const outcomes: PromiseSettledResult<boolean>[] = []
    for (const task of tasks) outcomes.push(...(await Promise.allSettled([task()])))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
    return outcomes.every((outcome) => outcome.status === 'fulfilled' && outcome.value)
  }

  async function run(): Promise<void> {
    const startedAt = performance.now()
    const wasThorough = isThorough
    isThorough = false
    // Before it begins, so that a `reconcile` during this run leads to another run.
    dueAt = Number.POSITIVE_INFINITY
    try {
      const isDone = await compareAll(wasThorough)
      isThorough ||= wasThorough && !isDone
      const isOpen = !isDone || [...results.values()].some((one) => one.isAhead || one.unresolved > 0)
      const now = performance.now()
      restsUntil = now + pauseFactor * (now - startedAt)
      dueAt = Math.min(dueAt, isOpen ? now + lookEveryMs : Math.max(now + compareEveryMs, restsUntil))
    } catch (error) {
      isThorough ||= wasThorough
      dueAt = Math.min(dueAt, performance.now() + retryAfterMs)
      log.warn({ error }, 'state not compared with the streams')
    }
  }

  const runIfDue = async () => {
    if (broker.isConnected() && performance.now() >= dueAt) await run()
  }
  const timer = runEvery('comparing the state with the streams', lookEveryMs, runIfDue, log)
  function reconcile(): void {
    isThorough = true
    dueAt = 0
    timer.now()
  }
  broker.onReconnect(reconcile)
  return {
    reconcile,
    /** Events that were missed and could not be handled yet. */
    missed: (stream: string): number => results.get(stream)?.unresolved ?? 0,
    /** The state has what was published up to this time, in ms since 1970. Who asks again soon gets a later time. */
    comparedUntil(stream: string): number {
      dueAt = Math.min(dueAt, Math.max(restsUntil, performance.now() + freshForMs))
      return results.get(stream)?.until() ?? Number.NEGATIVE_INFINITY
    },
    stop: timer.stop,
  }
}
