import type { JsMsg } from 'nats'
import type { Broker } from './connection.ts'

/**
 * Makes a received message answer only on the connection that it came on. After a power failure the broker uses its
 * last sequences again: an answer that came later would settle the message that has this sequence now. Without an
 * answer the message comes again, and the inbox recognises it.
 * (received.int.test: "settles no other message that has its sequence since: …")
 */
export function answeringOnItsConnection({ connection }: Broker, message: JsMsg): JsMsg {
  const cameOn = connection.info
  const isSame = () => {
    const now = connection.info
    // A server sends its information again when its cluster changes. While the client connects there is none.
    return now === cameOn || (now?.server_id === cameOn?.server_id && now?.client_id === cameOn?.client_id)
  }
  const { ack, nak, term, working } = message
  return Object.assign(message, {
    ack: () => isSame() && ack.call(message),
    nak: (ms?: number) => isSame() && nak.call(message, ms),
    term: (reason?: string) => isSame() && term.call(message, reason),
    working: () => isSame() && working.call(message),
  }) as JsMsg
}
