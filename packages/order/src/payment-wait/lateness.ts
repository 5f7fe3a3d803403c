import type { PaymentWaitSettings } from './preferences.ts'

/** Waits that go on while payments are late, so that it is noticed when they come in time again. */
const probes = 10

/**
 * Whether payments have lately been late: as many waits in a row as the breaker needs to open have lasted longer than
 * its timeout, and none has ended with a decision since. Each replica has its own.
 */
export function openLateness(
  settings: Pick<PaymentWaitSettings, 'PAYMENT_BREAKER_TIMEOUT_MS' | 'PAYMENT_BREAKER_VOLUME'>,
) {
  let open = 0
  let lateInARow = 0
  return {
    /** True when one more wait would be in vain. */
    isLate: (): boolean => lateInARow >= settings.PAYMENT_BREAKER_VOLUME && open >= probes,
    /** @returns ends the wait, once */
    begin(): (isDecided: boolean) => void {
      let hasEnded = false
      open++
      const timer = setTimeout(() => lateInARow++, settings.PAYMENT_BREAKER_TIMEOUT_MS)
      return (isDecided) => {
        if (hasEnded) return
        hasEnded = true
        open--
        clearTimeout(timer)
        if (isDecided) lateInARow = 0
      }
    },
  }
}

export type Lateness = ReturnType<typeof openLateness>
