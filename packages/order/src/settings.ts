import { commandSettings, ms } from '@saucery/chassis/settings/settings'
import { z } from 'zod'

export const orderSettings = commandSettings.extend({
  /** An order that payment has not decided by then is cancelled. */
  PAYMENT_DEADLINE_MS: ms.min(1).default(24 * 3_600_000),
  /** `sync`: a request that says nothing waits for its payment, and without one in time there is no order. */
  PAYMENT_MODE: z.enum(['async', 'sync']).default('async'),
  /** A payment that takes longer is a failure to the breaker; and how long `sync` waits. */
  PAYMENT_BREAKER_TIMEOUT_MS: ms.min(1).default(680),
  /** The breaker opens when more than this share of the calls in its window failed. */
  PAYMENT_BREAKER_ERROR_PERCENT: z.coerce.number().int().min(0).max(100).default(50),
  PAYMENT_BREAKER_WINDOW_MS: ms.min(100).default(10_000),
  /** It does not open on fewer calls than these in its window. */
  PAYMENT_BREAKER_VOLUME: z.coerce.number().int().min(1).default(10),
  /** It lets one call through when it was open for so long. */
  PAYMENT_BREAKER_RESET_MS: ms.min(1).default(5000),
})

export type PaymentWaitSettings = Pick<
  z.infer<typeof orderSettings>,
  Extract<keyof typeof orderSettings.shape, `PAYMENT_${string}`>
>
