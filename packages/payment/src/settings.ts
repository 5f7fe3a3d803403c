import { ms, participantSettings } from '@saucery/chassis/settings/settings'
import { z } from 'zod'

/**
 * What can go wrong with a call to the provider. `away`: it never arrives. `hanging`: it never arrives, and is never
 * answered. The others do their work first: `unknown` loses the answer, `late` keeps it until the caller has given up,
 * `twice` works twice, `nonsense` answers what nobody can read.
 */
export const faults = ['away', 'hanging', 'unknown', 'late', 'twice', 'nonsense'] as const

/** Shares of the calls in percent, by fault, such as `away=10,late=5`. */
const faultShares = z
  .string()
  .transform((text) => Object.fromEntries(text.split(',').map((part) => part.trim().split('='))))
  .pipe(z.partialRecord(z.enum(faults), z.coerce.number().min(0).max(100)))

export const paymentSettings = participantSettings.extend({
  /** The simulated provider declines larger amounts, in whole won. */
  PAYMENT_LIMIT: z.coerce.number().int().min(0).default(1_000_000),
  /** A charge takes this long, ± the jitter. */
  PAYMENT_DELAY_MS: ms.default(0),
  PAYMENT_DELAY_JITTER_MS: ms.default(0),
  /** For experiments: what share of the calls to the simulated provider goes wrong, and how. */
  PAYMENT_FAULTS: faultShares.optional(),
  /** Without an answer in this time, the outcome of a call is unknown. Shorter than `leaseMs`, which is 15 s. */
  PROVIDER_TIMEOUT_MS: ms.min(1).max(10_000).default(5000),
  /** The delay before the second call; it doubles up to the longest one. */
  PROVIDER_RETRY_MS: ms.min(1).default(1000),
  PROVIDER_RETRY_MAX_MS: ms.min(1).default(60_000),
  /** Calls of one replica that are under way at once. */
  PROVIDER_CONCURRENCY: z.coerce.number().int().min(1).max(1000).default(250),
  /** A charge whose outcome is unknown for this time is given up: what it took is given back. */
  CHARGE_DEADLINE_MS: ms.min(1).default(3_600_000),
})
