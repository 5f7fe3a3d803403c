import { commandSettings, ms } from '@saucery/chassis/settings/settings'

export const deliverySettings = commandSettings.extend({
  /** A delivery completes by itself after this time; unset, it waits for its courier's report. */
  DELIVERY_DURATION_MS: ms.optional(),
  /** A delivery whose end is not reported within this time has failed. */
  DELIVERY_DEADLINE_MS: ms.min(1).default(72 * 3_600_000),
})
