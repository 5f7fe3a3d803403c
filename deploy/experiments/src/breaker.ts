import { setTimeout as sleep } from 'node:timers/promises'
import { type Finding, promised, told } from './finding.ts'
import { ask } from './gateway.ts'
import { rolledOut } from './kubectl.ts'
import { applyOverlay } from './overlay.ts'
import { startSiege } from './siege.ts'

const changed = {
  payment: { PAYMENT_DELAY_MS: '400', PAYMENT_DELAY_JITTER_MS: '300' },
  // One in six is late by the delay alone: at the default of 50 % only a busy machine opens it.
  order: { PAYMENT_MODE: 'sync', PAYMENT_BREAKER_ERROR_PERCENT: '15' },
}

/** Payment takes 400 ± 300 ms, and many clients insist on its answer: the circuit breaker opens, and closes again. */
export async function breaker(): Promise<Finding[]> {
  await applyOverlay(changed)
  try {
    for (const service of ['payment', 'order']) await rolledOut(`deployment/${service}`)
    const siege = await startSiege({ name: 'breaker', clients: 50, seconds: 60 })
    const states: string[] = []
    while (!(await siege.isOver())) {
      const { details } = await ask<{ details: { paymentBreaker: string } }>('/readyz', 'order')
      if (states.at(-1) !== details.paymentBreaker) states.push(details.paymentBreaker)
      await sleep(300)
    }
    const { hits, failed, availability } = await siege.result()
    return [
      told('paid in time', hits),
      told('answered with 503', failed),
      told('availability', `${availability.toFixed(2)} %`),
      promised('the breaker was', states.join(', '), states.includes('open')),
    ]
  } finally {
    await applyOverlay()
    for (const service of ['payment', 'order']) await rolledOut(`deployment/${service}`)
  }
}
