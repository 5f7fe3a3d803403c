import { brokerSettings, ms } from '@saucery/chassis/settings/settings'
import { z } from 'zod'

export const dashboardSettings = brokerSettings.extend({
  /** With the database's name in its path. */
  MONGODB_URL: z.string().regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://'),
  /** Who listens to the live feed of one replica at most. */
  LIVE_CLIENTS: z.coerce.number().int().min(0).default(2000),
  /** How many of them may be one caller who is signed in. */
  LIVE_CLIENTS_PER_CALLER: z.coerce.number().int().min(0).default(200),
  /** How long an order may wait for what the services do by themselves. */
  OVERDUE_AFTER_MS: ms.min(1).default(15 * 60_000),
  /** As order has it. */
  PAYMENT_DEADLINE_MS: ms.min(1).default(24 * 3_600_000),
  /** As delivery has it. */
  DELIVERY_DEADLINE_MS: ms.min(1).default(72 * 3_600_000),
  /** How long the documents of older versions are kept once nobody uses them: the time for a way back. */
  PROJECTION_KEEP_MS: ms.default(24 * 3_600_000),
})
