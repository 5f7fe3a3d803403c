import type { Broker } from '../nats/connection.ts'
import { consumerInfo } from '../nats/streams.ts'

/** How far one durable consumer is behind its stream. */
export interface ConsumerLag {
  readonly stream: string
  readonly durable: string
  /** Messages that no replica has received yet. */
  readonly pending: number
  /** Messages in flight. */
  readonly ackPending: number
  /** Messages in flight that were delivered before. */
  readonly redelivered: number
}

/** The lag of the consumers of this name. Leaves out a consumer that does not exist. */
export async function lagOf(
  { jsm, name }: Broker,
  streams: readonly string[],
  durable = name,
): Promise<ConsumerLag[]> {
  const infos = await Promise.all(streams.map((stream) => consumerInfo(jsm, stream, durable)))
  return infos.flatMap((info) => {
    if (!info) return []
    const { num_pending: pending, num_ack_pending: ackPending, num_redelivered: redelivered } = info
    return [{ stream: info.stream_name, durable, pending, ackPending, redelivered }]
  })
}
