import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { retryDelay } from '../async/backoff.ts'
import type { Fact, ReceivedEvent } from '../events/event.ts'
import { reasonOf } from '../log.ts'
import { KeyBusy } from '../postgres/locks.ts'
import { fieldsOfEvent } from './log-fields.ts'
import type { Policy, PolicyOptions } from './policy.ts'
import type { StoreHealth } from './store-health.ts'

/** The event was not tried: it uses up no try, and another replica can have it at once. */
export class StoreDown extends Error {
  override readonly name = 'StoreDown'
}

/** After this time a handler may hang, as it does when its server answers nothing and closes no connection. */
const suspectAfterMs = 5000

/** Gives up on a handler that hangs while its store does not answer. It may still end: it is idempotent. */
export function unlessDown(handled: Promise<unknown>, store: StoreHealth): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const check = async () => {
      if (await store.check()) return
      clearInterval(timer)
      reject(new StoreDown('the store does not answer'))
    }
    const timer = setInterval(check, suspectAfterMs)
    handled.then(resolve, reject).finally(() => clearInterval(timer))
  })
}

/** Tries of an event here, about six seconds, before it is given back. */
const triesHere = 6

/**
 * Gives an event back while this replica does not reach its store, so that a replica that does can have it. If the
 * store answers in spite of the error, the event is retried here, and its key's later events wait for it.
 * (store-down.int.test: "gives back what it cannot handle, and another replica handles it")
 */
export function outagePolicy<F extends Fact>(options: PolicyOptions<F>): Policy<ReceivedEvent<F>> {
  const { isOutage, store, drained, log } = options
  // Every event in flight may listen to this signal. Node would report more than ten as a leak.
  setMaxListeners(0, drained)
  return (next) => async (event) => {
    for (let attempt = 1; ; attempt++)
      try {
        // Otherwise it would overtake an event of its key that is given back.
        if (store.isDown()) throw new StoreDown('the store is unavailable')
        return await unlessDown(next(event), store)
      } catch (error) {
        const isBusy = error instanceof KeyBusy
        if (!(isBusy || isOutage(error)) || drained.aborted || attempt >= triesHere) throw error
        if (!isBusy && !(await store.check())) throw error
        const fields = { reason: reasonOf(error), ...fieldsOfEvent(event), attempt }
        // A thousand messages may be in flight: one warning for each is enough.
        if (attempt === 1) log.warn(fields, 'store unavailable, message waits')
        else log.debug(fields, 'store still unavailable')
        await delay(retryDelay(attempt, { maxMs: 5000 }), undefined, { signal: drained })
      }
  }
}
