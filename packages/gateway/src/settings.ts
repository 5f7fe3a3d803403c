import { list } from '@saucery/chassis/settings/auth-settings'
import { noDrillsInProduction } from '@saucery/chassis/settings/drill-settings'
import { commonSettings, ms, path, waitSettings } from '@saucery/chassis/settings/settings'
import { z } from 'zod'
import { signInChecks, signInSettings } from './auth/settings.ts'

const origin = z.string().regex(/^https?:\/\/[^/\s]+\/?$/, 'must be an http(s) URL without a path')

/** Without sign-in, any web site that is open in the user's browser could do everything. */
const namedOriginsWithoutSignIn = z.refine<{ readonly AUTH?: string; readonly CORS_ORIGINS?: unknown }>(
  ({ AUTH, CORS_ORIGINS: origins }) => AUTH !== 'off' || !Array.isArray(origins) || !origins.includes('*'),
  { path: ['CORS_ORIGINS'], message: 'may be * only with sign-in', when: () => true },
)

/** Browsers refuse the two together, for good reason. */
const credentialsForNamedOrigins = z.refine<{
  readonly CORS_CREDENTIALS?: string
  readonly CORS_ORIGINS?: unknown
}>(
  ({ CORS_CREDENTIALS: credentials, CORS_ORIGINS: origins }) =>
    credentials !== 'on' || !Array.isArray(origins) || !origins.includes('*'),
  {
    path: ['CORS_CREDENTIALS'],
    message: 'may be on only where CORS_ORIGINS names each origin',
    when: () => true,
  },
)

/** It keeps what it can in the memory of one process. A production system sends its traces to a store of its own. */
const noTraceStoreInProduction = z.refine<{
  readonly NODE_ENV?: unknown
  readonly TRACE_STORE_URL?: unknown
}>(({ NODE_ENV: env, TRACE_STORE_URL: url }) => env !== 'production' || url === undefined, {
  path: ['TRACE_STORE_URL'],
  message: 'may not be set with NODE_ENV=production',
  when: () => true,
})

export const gatewaySettings = commonSettings
  .extend({
    ...signInSettings,
    ...waitSettings,
    /** How servers are frozen in a drill: only `start`, which runs them, sets it. */
    FREEZE_FILE: path.optional(),
    ORDER_URL: origin,
    PAYMENT_URL: origin,
    DELIVERY_URL: origin,
    DASHBOARD_URL: origin,
    /** The authorities that the certificates of services may be of, at `https://` URLs; else those that Node knows. */
    UPSTREAM_CA_FILE: path.optional(),
    /** The folder of the built page; without it `/` lists the routes. */
    WEB_ROOT: z.string().min(1).optional(),
    /** The trace store that `start` has, for operators to read; a production system has none. */
    TRACE_STORE_URL: origin.optional(),
    NODE_ENV: z.string().optional(),
    /** Origins whose pages may call and read the answers from elsewhere; `*` for any, with sign-in only. */
    CORS_ORIGINS: list.default([]),
    /** Whether the pages of these origins may send credentials with their calls, as cookies of a proxy. */
    CORS_CREDENTIALS: z.enum(['on', 'off']).default('off'),
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
    /** Requests that may be on their way to one service, beside those that wait on purpose; more get 503. */
    UPSTREAM_CONNECTIONS: z.coerce.number().int().min(1).default(1000),
  })
  .check(
    noTraceStoreInProduction,
    ...signInChecks,
    noDrillsInProduction,
    namedOriginsWithoutSignIn,
    credentialsForNamedOrigins,
  )

export type GatewaySettings = z.infer<typeof gatewaySettings>
