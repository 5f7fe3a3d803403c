import type { Broker } from '../nats/connection.ts'
import { consumerInfo } from '../nats/streams.ts'

/**
 * Tells up to what time, in ms since 1970, all that a stream had for the service is handled: for whoever acts on
 * silence. What waits unheard, after a standstill say, is no silence.
 *
 * Under load there is always something in hand; so what had been handed over at one look, with nothing left to come,
 * is to be acknowledged at a later one.
 */
export function openWatermark(broker: Broker, stream: string): () => Promise<number> {
  let until = Number.NEGATIVE_INFINITY
  let mark: { readonly at: number; readonly handedOver: number } | undefined

  return async () => {
    if (!broker.isConnected()) return until
    const at = Date.now()
    const info = await consumerInfo(broker.jsm, stream, broker.name)
    if (!info) return until
    const { num_pending: waiting, num_ack_pending: inHand, delivered, ack_floor: acknowledged } = info
    // A stream that was made anew begins again.
    if (mark && delivered.stream_seq < mark.handedOver) mark = undefined
    if (mark && acknowledged.stream_seq >= mark.handedOver) {
      until = mark.at
      mark = undefined
    }
    if (waiting === 0 && inHand === 0) until = at
    else if (waiting === 0) mark ??= { at, handedOver: delivered.stream_seq }
    return until
  }
}
