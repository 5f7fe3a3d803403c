import { commonSettings } from '@saucery/chassis/settings/settings'
import { z } from 'zod'

export const provisionSettings = commonSettings.pick({ LOG_LEVEL: true, LOG_FORMAT: true }).extend({
  NATS_URL: z.string().min(1),
  /** The user that may change streams. */
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  STREAM_REPLICAS: z.coerce.number().int().min(1).max(5),
})
