import { commandSettings, ms, waitSettings } from '@saucery/chassis/settings/settings'
import { z } from 'zod'

export const orderSettings = commandSettings.extend({
  ...waitSettings,
  /** An order is cancelled when payment has not decided on it within this time. */
  PAYMENT_DEADLINE_MS: ms.min(1).default(24 * 3_600_000),
  /** `sync`: a request without `Prefer` waits for its payment; without one in time its order is cancelled. */
  PAYMENT_MODE: z.enum(['async', 'sync']).default('async'),
  /** The breaker counts a slower payment as a failure; `sync` waits this long. */
  PAYMENT_BREAKER_TIMEOUT_MS: ms.min(1).default(680),
  /** The breaker opens when more than this share of the requests in its window failed, */
  PAYMENT_BREAKER_ERROR_PERCENT: z.coerce.number().int().min(0).max(100).default(50),
  PAYMENT_BREAKER_WINDOW_MS: ms.min(100).default(10_000),
  /** if there were at least this many. */
  PAYMENT_BREAKER_VOLUME: z.coerce.number().int().min(1).default(10),
  /** After this time an open breaker lets one request through. */
  PAYMENT_BREAKER_RESET_MS: ms.min(1).default(5000),
})
