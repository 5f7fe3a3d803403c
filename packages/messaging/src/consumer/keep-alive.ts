import type { JsMsg } from 'nats'
import type { Policy, PolicyOptions } from './policy.ts'

/**
 * Reports progress on a message while its handler runs. Without that, the broker would redeliver the message to
 * another replica after `ackWaitMs`.
 * (consumer.int.test: "keeps a slow message alive, so that no other replica receives it")
 */
export function keepAlivePolicy({ broker, ackWaitMs }: PolicyOptions): Policy<JsMsg> {
  return (next) => async (message) => {
    const heartbeat = setInterval(() => {
      // A closed connection would keep in memory what it can no longer send.
      if (!broker.connection.isClosed()) message.working()
    }, ackWaitMs / 3)
    try {
      return await next(message)
    } finally {
      clearInterval(heartbeat)
    }
  }
}
