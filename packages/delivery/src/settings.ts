import { commandSettings, ms } from '@saucery/chassis/settings/settings'

export const deliverySettings = commandSettings.extend({
  /** A delivery completes by itself after this; unset, it waits for its courier. */
  DELIVERY_DURATION_MS: ms.optional(),
  /** A delivery that nobody has told the end of by then has failed. */
  DELIVERY_DEADLINE_MS: ms.min(1).default(72 * 3_600_000),
})
