import { streams } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import type { Broker } from '@saucery/messaging/nats/connection'
import { consumerInfo } from '@saucery/messaging/nats/streams'

type ConsumerInfo = NonNullable<Awaited<ReturnType<typeof consumerInfo>>>
type ConsumerState = Pick<ConsumerInfo, 'num_pending' | 'num_ack_pending' | 'delivered' | 'ack_floor'>

// Under load a few events always wait for delivery; far fewer than can be in flight.
const fewPending = 100
const windowMs = 10_000

/**
 * How far the consumers of a version are, one on each stream. A redelivered event counts twice in `handled`.
 *
 * A stream is caught up when next to nothing waits for delivery, and all that was in flight at a moment when nothing
 * waited, the target, is acknowledged. Under load something is always in flight, so "nothing in flight" would never
 * come. The target alone is not enough: after an outage of the store more may wait than can be in flight.
 * (builder.int.test: "is not ready when it reached an earlier end of the streams and more waits since")
 * @param targets of the measurement before; empty when the build began since
 */
export function progressOf(
  consumers: readonly (ConsumerState | undefined)[],
  targets: readonly (number | undefined)[],
) {
  const progress = { handled: 0, remaining: 0, isCaughtUp: true, targets: [...targets] }
  for (const [i, consumer] of consumers.entries()) {
    const { num_pending: pending = 0, num_ack_pending: inFlight = 0, delivered, ack_floor } = consumer ?? {}
    if (delivered && pending === 0)
      progress.targets[i] = Math.min(delivered.stream_seq, targets[i] ?? Number.POSITIVE_INFINITY)
    const target = progress.targets[i] ?? Number.POSITIVE_INFINITY
    progress.handled += (delivered?.consumer_seq ?? 0) - inFlight
    progress.remaining += pending + inFlight
    const isDone = ack_floor !== undefined && (ack_floor.stream_seq >= target || pending + inFlight === 0)
    progress.isCaughtUp &&= isDone && pending <= fewPending
  }
  return progress
}

/** Measures a version's progress, and how fast it is. */
export function openMeter({ jsm }: Broker, version: number) {
  let progress = progressOf([], [])
  let samples: { readonly at: number; readonly handled: number }[] = []
  return {
    /** @returns whether every stream is caught up; false, and the counts stay, while the broker is away */
    async isCaughtUp(): Promise<boolean> {
      const requests = streams.map(({ name }) => consumerInfo(jsm, name, durableOf(version)))
      const consumers = await Promise.all(requests).catch(() => undefined)
      if (!consumers) return false
      const [before, at] = [progress.handled, performance.now()]
      progress = progressOf(consumers, progress.targets)
      // A smaller count belongs to a new build.
      if (progress.handled < before) samples = []
      const recent = samples.filter((sample) => at - sample.at <= windowMs)
      samples = [...recent, { at, handled: progress.handled }]
      return progress.isCaughtUp
    },
    /** The targets of one build say nothing about the next. */
    resetTargets(): void {
      progress = { ...progress, targets: [] }
    },
    counts: () => ({ handled: progress.handled, remaining: progress.remaining }),
    /** Events per second in the last ten seconds. */
    speed(): { readonly perSecond?: number } {
      const [first, last] = [samples[0], samples.at(-1)]
      if (!first || !last || last.at === first.at) return {}
      return { perSecond: Math.round(((last.handled - first.handled) / (last.at - first.at)) * 1000) }
    },
  }
}
