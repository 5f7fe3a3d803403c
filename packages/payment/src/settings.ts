import { ms, participantSettings } from '@saucery/chassis/settings/settings'
import { z } from 'zod'

export const paymentSettings = participantSettings.extend({
  /** The simulated provider declines larger amounts, in whole won. */
  PAYMENT_LIMIT: z.coerce.number().int().min(0).default(1_000_000),
  /** A charge takes this long, ± the jitter. */
  PAYMENT_DELAY_MS: ms.default(0),
  PAYMENT_DELAY_JITTER_MS: ms.default(0),
})
