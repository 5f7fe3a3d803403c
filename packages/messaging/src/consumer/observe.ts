import type { Fact, ReceivedEvent } from '../events/event.ts'
import { KeyBusy } from '../postgres/locks.ts'
import type { Policy, PolicyOptions } from './policy.ts'
import { StoreDown } from './retry-outages.ts'

/** Times each run of a handler, those that an outage ends included. */
export function observePolicy<F extends Fact>(options: PolicyOptions<F>): Policy<ReceivedEvent<F>> {
  const { observer, isOutage } = options
  return (next) => async (event) => {
    const began = performance.now()
    const ended = (failure?: 'failed' | 'unavailable') =>
      observer.handled(event.name, (performance.now() - began) / 1000, failure)
    try {
      const result = await next(event)
      ended()
      return result
    } catch (error) {
      const isUnavailable = isOutage(error) || error instanceof KeyBusy || error instanceof StoreDown
      ended(isUnavailable ? 'unavailable' : 'failed')
      throw error
    }
  }
}
