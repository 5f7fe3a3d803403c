import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { retryDelay } from '../async/backoff.ts'
import type { Fact, ReceivedEvent } from '../events/event.ts'
import { reasonOf } from '../log.ts'
import type { Policy, PolicyOptions } from './policy.ts'

/**
 * Retries here while a store is unavailable. The message is not redelivered, so an outage uses up none of its tries.
 * (consumer.int.test: "waits while a store is away, without using up a try, and nobody else gets the message")
 */
export function outagePolicy<F extends Fact>(options: PolicyOptions<F>): Policy<ReceivedEvent<F>> {
  const { isOutage, stopping, log } = options
  // During an outage every message in flight listens to this signal. Node would report more than ten as a leak.
  setMaxListeners(0, stopping)
  return (next) => async (event) => {
    for (let attempt = 1; ; attempt++)
      try {
        return await next(event)
      } catch (error) {
        if (!isOutage(error) || stopping.aborted) throw error
        const fields = { reason: reasonOf(error), eventId: event.id, attempt }
        // A thousand messages may be in flight: one warning for each is enough.
        if (attempt === 1) log.warn(fields, 'store unavailable, message waits')
        else log.debug(fields, 'store still unavailable')
        await delay(retryDelay(attempt, { mostMs: 5000 }), undefined, { signal: stopping })
      }
  }
}
