import type { Fact } from '../events/event.ts'
import { lagOf } from './lag.ts'
import type { ConsumerOptions } from './policy.ts'
import { openProcessor } from './processor.ts'
import { openPullLoop } from './pull-loop.ts'
import { openStoreHealth } from './store-health.ts'

export type { ConsumerOptions, Subscription } from './policy.ts'
export type Consumers = ReturnType<typeof openConsumers>

/** Consumes each subscription through one durable pull consumer, which the replicas of the service share. */
export function openConsumers<F extends Fact>(options: ConsumerOptions<F>) {
  const stopping = new AbortController()
  const { maxAckPending = 1000 } = options
  const settings = {
    durable: options.broker.name,
    inKeyOrder: true,
    ackWaitMs: 10_000,
    maxAckPending,
    // A replica that hangs, or is slow, leaves messages for another one.
    maxHeld: Math.ceil(maxAckPending / 2),
    maxTries: 8,
    stopping: stopping.signal,
    store: openStoreHealth({ ...options, stopping: stopping.signal }),
    ...options,
  }
  const { broker, subscriptions, durable, ackWaitMs } = settings
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
    /** Takes no further messages, and resolves when those in flight are finished. */
    async stop(): Promise<void> {
      stopping.abort()
      await Promise.all(pulls.map(({ ended }) => ended))
      await processor.idle()
    },
  }
}
