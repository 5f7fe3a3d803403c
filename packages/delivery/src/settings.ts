import { commandSettings, ms } from '@saucery/chassis/settings'

export const deliverySettings = commandSettings.extend({
  /** A delivery completes by itself after this; unset, it waits for its courier. */
  DELIVERY_DURATION_MS: ms.optional(),
})
