import type { Fact } from '../events/event.ts'
import { openComparison } from './comparison.ts'
import { largestShare, openExpressLane } from './express-lane.ts'
import { keepAlivePolicy } from './keep-alive.ts'
import { lagOf } from './lag.ts'
import { unobserved } from './observer.ts'
import type { ConsumerOptions } from './policy.ts'
import { openProcessor } from './processor.ts'
import { openPullLoop } from './pull-loop.ts'
import { openConsumerReconciler } from './reconciler.ts'
import { openStoreHealth } from './store-health.ts'
import { openTimeOrder } from './time-order.ts'

export type { ConsumerObserver } from './observer.ts'
export type { ConsumerOptions, HandledState, Subscription } from './policy.ts'
export type Consumers = ReturnType<typeof openConsumers>

/** Consumes each subscription through one durable pull consumer, which the replicas of the service share. */
export function openConsumers<F extends Fact>(options: ConsumerOptions<F>) {
  const [stopping, drained, givingUp] = [new AbortController(), new AbortController(), new AbortController()]
  const { maxAckPending = 1000 } = options
  const settings = {
    durable: options.broker.name,
    inKeyOrder: true,
    ackWaitMs: 10_000,
    maxAckPending,
    // A replica that hangs, or is slow, leaves messages for another one.
    maxHeld: Math.ceil(maxAckPending / 2),
    maxHeldBesideLane: () => largestShare,
    maxTries: 8,
    compareEveryMs: 60_000,
    maxGivenBack: 160,
    finishWithinMs: 4000,
    stopping: stopping.signal,
    drained: drained.signal,
    givingUp: givingUp.signal,
    observer: unobserved,
    consumersCreated: new Map<string, number>(),
    store: openStoreHealth({ ...options, stopping: stopping.signal }),
    ...options,
  }
  const { broker, subscriptions, durable, ackWaitMs, observer } = settings
  const { state, inKeyOrder = true } = options
  const processor = openProcessor(settings)
  const keepAlive = keepAlivePolicy(settings)
  const timeOrder = inKeyOrder ? undefined : openTimeOrder()
  const opened = subscriptions.map(({ stream, events, version }) => {
    const filters = events.map(({ subject }) => `${subject}.*`)
    const consumer = { stream, durable, filters, ackWaitMs, maxAckPending, ...(version && { version }) }
    const comparison = state && openComparison({ ...settings, state }, consumer, processor.process)
    const lane = openExpressLane(settings, consumer, processor.process)
    const pull = openPullLoop(
      settings,
      consumer,
      async (message) => {
        if (message.redelivered) observer.redelivered(stream)
        comparison?.note(message)
        lane.note(message.info)
        const turn = timeOrder?.turnOf(message)
        if (turn !== undefined) await keepAlive(() => turn)(message)
        return processor.process(message)
      },
      lane.shareOfBacklog,
    )
    return { pull, lane, comparison }
  })
  const pulls = opened.map(({ pull }) => pull)
  const comparisons = opened.flatMap(({ comparison }) => comparison ?? [])
  const reconciler = state && openConsumerReconciler(settings, state, comparisons)
  const streams = subscriptions.map(({ stream }) => stream)
  return {
    isReady: () => pulls.every((pull) => pull.isOpen()),
    async lag() {
      const lags = await lagOf(broker, streams, durable)
      return lags.map((lag) => ({ ...lag, pending: lag.pending + (reconciler?.missed(lag.stream) ?? 0) }))
    },
    /** Compares the state with the streams now, as at the start and after a reconnect. */
    reconcile: () => reconciler?.reconcile(),
    /** The state has what was published up to this time, in ms since 1970, also if the broker has lost a part of it. */
    comparedUntil: (stream: string) => reconciler?.comparedUntil(stream) ?? Number.NEGATIVE_INFINITY,
    reprocess: processor.reprocess,
    /** Takes no further messages, and resolves when those in flight are finished, or given back. */
    async stop(): Promise<void> {
      stopping.abort()
      timeOrder?.end()
      const loops = opened.flatMap(({ pull, lane }) => [pull.ended, lane.ended()])
      const ended = Promise.all(loops).then(() => drained.abort())
      const late = setTimeout(() => void ended.then(() => givingUp.abort()), settings.finishWithinMs)
      await Promise.all([reconciler?.stop(), ended])
      await processor.idle()
      clearTimeout(late)
    },
  }
}
