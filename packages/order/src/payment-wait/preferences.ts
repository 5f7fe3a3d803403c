import { parsePrefer } from '@saucery/chassis/http/prefer'
import type { z } from 'zod'
import type { orderSettings } from '../settings.ts'

export type PaymentWaitSettings = Pick<
  z.infer<typeof orderSettings>,
  Extract<keyof typeof orderSettings.shape, `PAYMENT_${string}`>
>

/** How a request waits for its order's payment. */
export interface WaitPreferences {
  /** 0: it does not wait. */
  readonly waitMs: number
  /** Without a payment in time the order is cancelled. */
  readonly isStrict: boolean
  /** The value of `Preference-Applied`. */
  readonly applied: string
  /** The status of the answer while payment has not decided. */
  readonly undecidedStatus: 201 | 202
}

/** The part of the client's wait that is kept for the last decision and the answer, in ms. */
const answerMs = 100

/**
 * Reads `Prefer`. In the mode `sync` a request without preferences waits and is strict; `handling=lenient` or
 * `respond-async` overrules that.
 */
export function waitPreferences(
  prefer: string | undefined,
  settings: Pick<PaymentWaitSettings, 'PAYMENT_MODE' | 'PAYMENT_BREAKER_TIMEOUT_MS'>,
): WaitPreferences {
  const { wait, handling, respondAsync } = parsePrefer(prefer)
  const isSync = settings.PAYMENT_MODE === 'sync'
  const wantsStrict = handling === undefined ? isSync && !respondAsync : handling === 'strict'
  const waitsByDefault = isSync && (wantsStrict || !respondAsync)
  const waitMs =
    wait === undefined ? (waitsByDefault ? settings.PAYMENT_BREAKER_TIMEOUT_MS : 0) : wait * 1000 - answerMs
  const isStrict = wantsStrict && waitMs > 0
  const isAsync = respondAsync && !isStrict
  const applied = [
    isAsync && 'respond-async',
    wait && `wait=${wait}`,
    waitMs > 0 && handling && `handling=${handling}`,
  ]
  return {
    waitMs,
    isStrict,
    applied: applied.filter(Boolean).join(', '),
    undecidedStatus: waitMs > 0 || isAsync ? 202 : 201,
  }
}
