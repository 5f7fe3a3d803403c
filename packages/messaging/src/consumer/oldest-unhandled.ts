import type { Broker } from '../nats/connection.ts'
import { consumerInfo } from '../nats/streams.ts'
import { readStored } from '../nats/whole-message.ts'

/**
 * When the stream stored the oldest message that a durable consumer has not acknowledged, in ms since 1970 by the
 * broker's clock: while it is retried, or waits, everything later may be handled.
 * @returns undefined if all is acknowledged, or the consumer does not exist
 */
export async function oldestUnhandled(
  broker: Broker,
  stream: string,
  durable: string,
): Promise<number | undefined> {
  const info = await consumerInfo(broker.jsm, stream, durable)
  if (!info || info.num_pending + info.num_ack_pending === 0) return undefined
  const { filter_subject, filter_subjects = filter_subject ? [filter_subject] : ['>'] } = info.config
  const from = info.ack_floor.stream_seq + 1
  const next = await Promise.all(filter_subjects.map((subject) => readStored(broker, stream, from, subject)))
  const times = next.flatMap((message) => message?.time ?? [])
  return times.length > 0 ? Math.min(...times) : undefined
}
