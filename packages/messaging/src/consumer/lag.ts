import type { Broker } from '../nats/connection.ts'
import { consumerInfo } from '../nats/streams.ts'

/** How far one durable consumer is behind. */
export interface ConsumerLag {
  readonly stream: string
  readonly durable: string
  /** Messages that nobody has been given yet. */
  readonly pending: number
  /** Messages in hand. */
  readonly ackPending: number
  /** Of those in hand, the ones that were given before. */
  readonly redelivered: number
}

/** How far the consumers of this name are behind; one that is not there, to be made again, is left out. */
export async function lagOf(
  { jsm, name }: Broker,
  streams: readonly string[],
  durable = name,
): Promise<ConsumerLag[]> {
  const lags = await Promise.all(
    streams.map(async (stream) => {
      const info = await consumerInfo(jsm, stream, durable)
      if (!info) return []
      const { num_pending: pending, num_ack_pending: ackPending, num_redelivered: redelivered } = info
      return [{ stream, durable, pending, ackPending, redelivered }]
    }),
  )
  return lags.flat()
}
