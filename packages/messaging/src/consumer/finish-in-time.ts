import type { JsMsg } from 'nats'
import type { Policy, PolicyOptions } from './policy.ts'

/**
 * Returns the messages that are unfinished when the time of a stop is over. Another replica can have them at once; those
 * of a process that is killed, only after `ackWaitMs`. What runs on is as if it had been delivered twice.
 * (consumer.int.test: "gives back what it cannot finish in time when it stops")
 */
export function finishInTimePolicy({ givingUp, log }: PolicyOptions): Policy<JsMsg> {
  const unfinished = new Map<JsMsg, () => void>()
  givingUp.addEventListener('abort', () => {
    if (unfinished.size > 0) log.warn({ messages: unfinished.size }, 'messages given back, unfinished')
    for (const [message, release] of unfinished) {
      // An acknowledgement after this one is not sent.
      message.nak()
      release()
    }
  })
  return (next) => (message) =>
    new Promise<void>((resolve) => {
      unfinished.set(message, resolve)
      void next(message).finally(() => {
        unfinished.delete(message)
        resolve()
      })
    })
}
