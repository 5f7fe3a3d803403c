import type { JsMsg } from 'nats'

/** Far more than can be in flight: a failed message is in flight until it is handled or a dead letter. */
const maxMessages = 20_000

/**
 * Counts how often each message failed in this process. The broker's count of deliveries includes those that were given
 * back during an outage, by any replica. A restart forgets: then a message can fail `maxTries` times more.
 */
export function countFailures() {
  const counts = new Map<string, number>()
  const idOf = ({ seq, info }: JsMsg) => `${info.stream} ${seq} ${info.timestampNanos}`
  return {
    /** @returns the failures of the message, with this one */
    add(message: JsMsg): number {
      const id = idOf(message)
      const failures = (counts.get(id) ?? 0) + 1
      counts.delete(id)
      counts.set(id, failures)
      // The one that failed longest ago: another replica has handled it since.
      if (counts.size > maxMessages) counts.delete(String(counts.keys().next().value))
      return failures
    },
    forget(message: JsMsg): void {
      if (counts.size > 0) counts.delete(idOf(message))
    },
  }
}
