import { commonSettings, ms } from '@saucery/chassis/settings/settings'
import { z } from 'zod'
import { signInChecks, signInSettings } from './auth/settings.ts'

const origin = z.string().regex(/^https?:\/\/[^/\s]+\/?$/, 'must be an http(s) URL without a path')

const settings = commonSettings.extend({
  ...signInSettings,
  ORDER_URL: origin,
  PAYMENT_URL: origin,
  DELIVERY_URL: origin,
  DASHBOARD_URL: origin,
  /** The folder of the built page; without it there is none. */
  WEB_ROOT: z.string().min(1).optional(),
  /** Origins whose pages may read the answers, separated by commas; `*` is any. */
  CORS_ORIGINS: z
    .string()
    .default('*')
    .transform((list) => list.split(',').map((item) => item.trim())),
  /** Requests that one client may make in a minute, counted by each gateway for itself; 0 is any number. */
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(0).default(600),
  /** Proxies of our own that every request passes before the gateway: only they say who the client is. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  /** Time from a request's last byte to the answer's first, to the second. A preferred wait comes on top. */
  UPSTREAM_TIMEOUT_MS: ms.min(1).default(10_000),
  /** Longest silence within an answer. Event streams send heartbeats well within it. */
  UPSTREAM_IDLE_TIMEOUT_MS: ms.min(1).default(60_000),
  /** How long a client may read nothing of an answer that is there for it. */
  CLIENT_IDLE_TIMEOUT_MS: ms.min(1).default(60_000),
  /** Requests that may wait for one service to begin its answer; more are turned away. */
  UPSTREAM_CONNECTIONS: z.coerce.number().int().min(1).default(1000),
})

export const gatewaySettings = settings.check(...signInChecks)

export type GatewaySettings = z.infer<typeof gatewaySettings>
