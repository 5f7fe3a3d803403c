import { neededForSignIn } from '@saucery/chassis/settings/auth-settings'
import { brokerSettings, ms, waitSettings } from '@saucery/chassis/settings/settings'
import { z } from 'zod'

const clients = z.coerce.number().int().min(0)

export const dashboardSettings = brokerSettings
  .extend({
    ...waitSettings,
    /** With the database's name in its path. */
    MONGODB_URL: z.string().regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://'),
    /** Seals the resume tokens of the live feed; the same for all replicas. */
    RESUME_TOKEN_KEY: z.string().min(32, 'must be a random text of at least 32 characters').optional(),
    /** Clients of one replica's live feed at most. */
    LIVE_CLIENTS: clients.default(2000),
    /** Of these, at most so many of one caller who is signed in. */
    LIVE_CLIENTS_PER_CALLER: clients.default(200),
    /** And at most so many of all callers of one branch. */
    LIVE_CLIENTS_PER_BRANCH: clients.default(500),
    /** How long an order may wait for what the services do without a person. */
    OVERDUE_AFTER_MS: ms.min(1).default(15 * 60_000),
    /** The same as the order service's. */
    PAYMENT_DEADLINE_MS: ms.min(1).default(24 * 3_600_000),
    /** The same as the delivery service's. */
    DELIVERY_DEADLINE_MS: ms.min(1).default(72 * 3_600_000),
    /** How long an older version's documents are kept after its last use, so that a rollback is possible. */
    PROJECTION_KEEP_MS: ms.default(24 * 3_600_000),
  })
  .check(neededForSignIn('RESUME_TOKEN_KEY'))
