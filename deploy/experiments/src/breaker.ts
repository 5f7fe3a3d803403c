import { setTimeout as sleep } from 'node:timers/promises'
import { type Finding, promised, told } from './finding.ts'
import { ask } from './gateway.ts'
import { withSettings } from './overlay.ts'
import { startSiege } from './siege.ts'

const changed = {
  payment: { PAYMENT_DELAY_MS: '400', PAYMENT_DELAY_JITTER_MS: '300' },
  // The delay alone is too long in one of thirty: at the default of 50 % only a busy machine opens it.
  order: { PAYMENT_MODE: 'sync', PAYMENT_BREAKER_ERROR_PERCENT: '10' },
}

/** Payment takes 400 ± 300 ms, and many clients insist on its answer: the circuit breaker opens, and closes again. */
export const breaker = (): Promise<Finding[]> =>
  withSettings(changed, async () => {
    const siege = await startSiege({ name: 'breaker', clients: 30, seconds: 60, pauseS: 1 })
    const states: string[] = []
    const look = async () => {
      const { details } = await ask<{ details: { paymentBreaker: string } }>('/readyz', 'order')
      if (states.at(-1) !== details.paymentBreaker) states.push(details.paymentBreaker)
      return details.paymentBreaker
    }
    while (!(await siege.isOver())) {
      await look()
      await sleep(500)
    }
    const { hits, failed, availability } = await siege.result()
    return [
      told('paid in time', hits),
      told('answered with 503', failed),
      told('availability', `${availability.toFixed(2)} %`),
      promised('the breaker was', states.join(', '), states.includes('open') && states.includes('closed')),
    ]
  })
