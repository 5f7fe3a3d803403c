import type { Broker } from '../nats/connection.ts'
import { consumerInfo } from '../nats/streams.ts'
import { pastMoment } from './past-moment.ts'

/** For this time a message that fails again and again holds up deadlines. */
export const passRedeliveredMs = 60_000

/**
 * The watermark of a stream, in ms since 1970: the service has acknowledged everything that was published before it.
 * Deadlines count only up to the watermark, so that a backlog is never mistaken for silence.
 *
 * Under load some message is always in flight. So when no message is pending, it notes the last delivered sequence;
 * once that sequence is acknowledged, the time of the note is the watermark.
 *
 * A message that cannot be handled stays unacknowledged for as long as it is redelivered. It stops no deadline: while
 * messages are redelivered, a note counts after a minute, in which every other message has been handled.
 * (watermark.int.test: "passes a message that is only redelivered, …")
 *
 * It never lies in the future, and a message that fails holds it up no longer, when the clock is set back.
 * (watermark.int.test: "passes a message that is only redelivered, though …", "is no later than now …")
 *
 * A broker that has lost messages may count events as acknowledged that it never handed over.
 * @param comparedUntil the time up to which the service's state is known to have what the broker counts
 */
export function openWatermark(
  broker: Broker,
  stream: string,
  comparedUntil = (_stream: string): number => Number.POSITIVE_INFINITY,
  passesAfterMs = passRedeliveredMs,
): () => Promise<number> {
  let watermark = () => Number.NEGATIVE_INFINITY
  let next: (ReturnType<typeof pastMoment> & { readonly delivered: number }) | undefined

  return async () => {
    const until = () => Math.min(watermark(), comparedUntil(stream))
    if (!broker.isConnected()) return until()
    const at = pastMoment()
    const info = await consumerInfo(broker.jsm, stream, broker.name)
    if (!info) return until()
    const { num_pending: pending, num_ack_pending: inFlight, delivered, ack_floor: acked } = info
    const passes = info.num_redelivered > 0 && next !== undefined && next.ageMs() >= passesAfterMs
    // The sequences of a recreated stream start again.
    if (next && delivered.stream_seq < next.delivered) next = undefined
    if (next && (passes || acked.stream_seq >= next.delivered)) {
      watermark = next.time
      next = undefined
    }
    if (pending === 0 && inFlight === 0) watermark = at.time
    else if (pending === 0) next ??= { ...at, delivered: delivered.stream_seq }
    return until()
  }
}
