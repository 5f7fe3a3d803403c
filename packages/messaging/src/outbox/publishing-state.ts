import { NatsError } from 'nats'
import { type Log, reasonOf } from '../log.ts'

/** `stalled`: of some events none was stored, and since then no others were all stored. They wait in the outbox. */
export type PublishingState = 'publishing' | 'stalled'

/**
 * Notices that the broker stores no events, and logs it once for each outage. A server whose disk is full stays
 * connected, answers about its streams, and only leaves what is published without an answer.
 * (stalled-broker.int.test: "keeps its events, says so once, and publishes them when the broker stores again: …")
 */
export function watchPublishing(stream: string, log: Log) {
  let stalledAt: number | undefined
  return {
    state: (): PublishingState => (stalledAt === undefined ? 'publishing' : 'stalled'),
    /**
     * @param since when publishing of these events began, by `performance.now()`
     * @param errors of those of the events that could not be published
     */
    note(since: number, events: number, errors: readonly unknown[]): void {
      const fields = { stream, events: errors.length, reason: refusalIn(errors[0]) }
      if (errors.length < events) {
        if (errors.length > 0) log.warn(fields, 'events left to the sweeper')
        // Events that were sent before the disk was full may be acknowledged after those that it refused, and a small one
        // may find room on it.
        if (stalledAt === undefined || since < stalledAt || errors.length > 0) return
        const stalledMs = Math.round(performance.now() - stalledAt)
        log.info({ stream, stalledMs }, 'broker stores events again')
        stalledAt = undefined
      } else if (stalledAt === undefined) {
        stalledAt = performance.now()
        log.error(
          fields,
          'broker stores no events, they wait in the outbox: its log and its /healthz tell why',
        )
      } else log.debug(fields, 'broker still stores no events')
    },
  }
}

/** What the server answered, `no space left on device` for example, or that it did not. */
const refusalIn = (error: unknown): string =>
  (error instanceof NatsError && error.api_error?.description) || reasonOf(error)
