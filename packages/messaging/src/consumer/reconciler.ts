import { runEvery } from '../async/periodic.ts'
import { reconcileDeadLetters } from '../dead-letters/reconciler.ts'
import type { Compared } from './comparison.ts'
import type { HandledState, PolicyOptions } from './policy.ts'

const lookEveryMs = 1000
const retryAfterMs = 5000

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
export function openReconciler(
  { broker, log, compareEveryMs }: Pick<PolicyOptions, 'broker' | 'log' | 'compareEveryMs'>,
  { deadLetters }: HandledState,
  comparisons: readonly Comparison[],
) {
  let dueAt = 0
  let isThorough = true
  let results = new Map<string, Compared>()

  async function run(): Promise<void> {
    const startedAt = performance.now()
    const wasThorough = isThorough
    isThorough = false
    // Before it begins, so that a `reconcile` during this run leads to another run.
    dueAt = Number.POSITIVE_INFINITY
    try {
      await reconcileDeadLetters(broker, deadLetters, log)
      const compared = new Map<string, Compared>()
      for (const { stream, compare } of comparisons) {
        const result = await compare(wasThorough)
        // A consumer is absent until its pull has started.
        if (!result) throw new Error(`the consumer of ${stream} is not there`)
        compared.set(stream, result)
        const { missed, unresolved } = result
        if (missed + unresolved > 0)
          log.warn({ stream, missed, unresolved }, 'broker did not hand over events, handling them now')
      }
      results = compared
      const pauseMs = Math.max(compareEveryMs, pauseFactor * (performance.now() - startedAt))
      const isOpen = [...compared.values()].some(({ isAhead, unresolved }) => isAhead || unresolved > 0)
      dueAt = Math.min(dueAt, performance.now() + (isOpen ? lookEveryMs : pauseMs))
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
    stop: timer.stop,
  }
}
