import type { Broker } from '../nats/connection.ts'
import { consumerInfo } from '../nats/streams.ts'

/** How far one durable consumer is behind its stream. */
export type ConsumerLag = Awaited<ReturnType<typeof lagOf>>[number]

/** The lag of the consumers of this name. Leaves out a consumer that does not exist. */
export async function lagOf({ jsm, name }: Broker, streams: readonly string[], durable = name) {
  const infos = await Promise.all(streams.map((stream) => consumerInfo(jsm, stream, durable)))
  return infos.flatMap((info) => {
    if (!info) return []
    return {
      stream: info.stream_name,
      durable,
      /** Messages that no replica has received yet. */
      pending: info.num_pending,
      /** Messages in flight. */
      ackPending: info.num_ack_pending,
      /** Messages in flight that were delivered before. */
      redelivered: info.num_redelivered,
    }
  })
}
