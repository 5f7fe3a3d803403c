import type { Fact } from '../events/event.ts'
import { lagOf } from './lag.ts'
import type { ConsumerOptions } from './policy.ts'
import { openProcessor } from './processor.ts'
import { openPullLoop } from './pull-loop.ts'

export type { ConsumerOptions, Subscription } from './policy.ts'
export type Consumers = ReturnType<typeof openConsumers>

/** Consumes each subscription through one durable pull consumer, which the replicas of the service share. */
export function openConsumers<F extends Fact>(options: ConsumerOptions<F>) {
  const [stopping, givingUp] = [new AbortController(), new AbortController()]
  const settings = {
    durable: options.broker.name,
    inKeyOrder: true,
    ackWaitMs: 10_000,
    maxAckPending: 1000,
    maxTries: 8,
    finishWithinMs: 4000,
    stopping: stopping.signal,
    givingUp: givingUp.signal,
    ...options,
  }
  const { broker, subscriptions, durable, ackWaitMs, maxAckPending } = settings
  const processor = openProcessor(settings)
  const pulls = subscriptions.map(({ stream, events }) => {
    const filters = events.map(({ subject }) => `${subject}.*`)
    const consumer = { stream, durable, filters, ackWaitMs, maxAckPending }
    return openPullLoop(settings, consumer, processor.process)
  })
  const streams = subscriptions.map(({ stream }) => stream)
  return {
    isReady: () => pulls.every((pull) => pull.isOpen()),
    lag: () => lagOf(broker, streams, durable),
    reprocess: processor.reprocess,
    /** Takes no further messages, and resolves when those in flight are finished, or given back. */
    async stop(): Promise<void> {
      stopping.abort()
      await Promise.all(pulls.map(({ ended }) => ended))
      const late = setTimeout(() => givingUp.abort(), settings.finishWithinMs)
      await processor.idle()
      clearTimeout(late)
    },
  }
}
