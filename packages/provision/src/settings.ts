import { commonSettings, natsSettings } from '@saucery/chassis/settings/settings'
import { z } from 'zod'

export const provisionSettings = commonSettings.pick({ LOG_LEVEL: true, LOG_FORMAT: true }).extend({
  /** Its user may change streams. */
  ...natsSettings,
  STREAM_REPLICAS: z.coerce.number().int().min(1).max(5),
})
