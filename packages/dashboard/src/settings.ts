import { brokerSettings } from '@saucery/chassis/settings'
import { z } from 'zod'

export const dashboardSettings = brokerSettings.extend({
  /** With the database's name in its path. */
  MONGODB_URL: z.string().regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://'),
})
