import { ms, participantSettings } from '@saucery/chassis/settings'

export const deliverySettings = participantSettings.extend({
  /** A delivery completes by itself after this; unset, it waits for its courier. */
  DELIVERY_DURATION_MS: ms.optional(),
})
