import { commonSettings, ms } from '@saucery/chassis/settings/settings'
import { z } from 'zod'
import { signInChecks, signInSettings } from './auth/settings.ts'

const origin = z.string().regex(/^https?:\/\/[^/\s]+\/?$/, 'must be an http(s) URL without a path')

export const gatewaySettings = commonSettings
  .extend({
    ...signInSettings,
    ORDER_URL: origin,
    PAYMENT_URL: origin,
    DELIVERY_URL: origin,
    DASHBOARD_URL: origin,
    /** The folder of the built page; without it `/` lists the routes. */
    WEB_ROOT: z.string().min(1).optional(),
    /** Origins whose pages may read the answers, separated by commas; `*` for any. */
    CORS_ORIGINS: z
      .string()
      .default('*')
      .transform((list) => list.split(',').map((item) => item.trim())),
    /** Requests of one client a minute, counted by each gateway alone; 0 for any number. */
    RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(0).default(600),
    /** How many proxies of our own every request passes before the gateway: only their `x-forwarded-*` is believed. */
    TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
    /** Time from a request's last byte to the answer's first, to the second. `Prefer: wait=N` adds N s. */
    UPSTREAM_TIMEOUT_MS: ms.min(1).default(10_000),
    /** The longest silence within an answer. Event streams send heartbeats more often. */
    UPSTREAM_IDLE_TIMEOUT_MS: ms.min(1).default(60_000),
    /** A client that reads nothing of its answer for this time is disconnected. */
    CLIENT_IDLE_TIMEOUT_MS: ms.min(1).default(60_000),
    /** Requests that may wait for one service to begin its answer; more get 503 at once. */
    UPSTREAM_CONNECTIONS: z.coerce.number().int().min(1).default(1000),
  })
  .check(...signInChecks)

export type GatewaySettings = z.infer<typeof gatewaySettings>
