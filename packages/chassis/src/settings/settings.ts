import { z } from 'zod'
import { authSettings, neededForSignIn, offOnLoopbackOnly } from './auth-settings.ts'
import { drillSettings, noDrillsInProduction } from './drill-settings.ts'
import { ed25519PrivateKey, ed25519PublicKeys, eventPublicKeys } from './keys.ts'
import { inPlainWords } from './plain-words.ts'
import { postgresUrl } from './postgres-url.ts'
import { traceSettings } from './trace-settings.ts'

export const port = z.coerce.number().int().min(0).max(65_535)
/** Up to what a timer can hold. */
export const ms = z.coerce.number().int().min(0).max(2_147_483_647)
/** No timer waits for it, so it may be longer. */
const retentionMs = z.coerce.number().int().min(60_000)

export const path = z.string().min(1)

export const httpSettings = z.object({
  PORT: port,
  HOST: z.string().default('0.0.0.0'),
  /** Time for a client to send the head of a request, then 408. */
  HEADERS_TIMEOUT_MS: ms.min(1).default(10_000),
  /** Time for a client to send a whole request, then 408. */
  REQUEST_TIMEOUT_MS: ms.min(1).default(30_000),
  /** How long an idle connection stays open: longer than a load balancer in front would reuse it. */
  KEEP_ALIVE_TIMEOUT_MS: ms.min(1).default(5_000),
  /** How long a connection is used at most; the next one may lead to a replica that was added since. */
  MAX_CONNECTION_AGE_MS: ms.min(1).default(10_000),
  /** A PEM certificate, with the chain, and its key: then HTTPS is served, and no HTTP. */
  TLS_CERT_FILE: path.optional(),
  TLS_KEY_FILE: path.optional(),
})

export type HttpSettings = z.infer<typeof httpSettings>

/** For every service. Credentials have settings of their own, so that URLs can be logged. */
export const commonSettings = httpSettings.extend({
  ...authSettings,
  ...traceSettings,
  ...drillSettings,
  /** For `/livez`, `/readyz` and `/metrics`: a port that the orchestrator and Prometheus reach, and no client. */
  MANAGEMENT_PORT: port,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default(process.stdout.isTTY ? 'pretty' : 'json'),
  /** Time from the stop signal to the exit. Work that is not finished by then is done again after a restart. */
  SHUTDOWN_GRACE_MS: ms.default(10_000),
  /** For experiments with self-healing. `on`: after a SIGHUP `/livez` fails. */
  FAULT_SWITCH: z.enum(['on', 'off']).default('off'),
})

export type CommonSettings = z.infer<typeof commonSettings>

/** For every process where requests wait on purpose. */
export const waitSettings = {
  /** Requests that may wait at once; one more is answered as if its wait were over. */
  WAITING_REQUESTS: z.coerce.number().int().min(1).default(1000),
}

/** How a process reaches NATS, and signs in there. */
export const natsSettings = {
  /** `nats://host:port`, or several, separated by commas. With `tls://` no server without TLS is told the password. */
  NATS_URL: z.string().min(1),
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  /** The authorities that NATS' certificate may be of; without it those that Node knows. */
  NATS_CA_FILE: path.optional(),
  /** A client certificate, where NATS demands one. */
  NATS_CERT_FILE: path.optional(),
  NATS_KEY_FILE: path.optional(),
}

/** The login that these settings are. */
export const natsLogin = (settings: z.infer<z.ZodObject<typeof natsSettings>>) => ({
  url: settings.NATS_URL,
  user: settings.NATS_USER,
  password: settings.NATS_PASSWORD,
  tls: { ca: settings.NATS_CA_FILE, cert: settings.NATS_CERT_FILE, key: settings.NATS_KEY_FILE },
})

/** For every service that publishes or consumes. */
export const brokerSettings = commonSettings
  .extend({
    GATEWAY_PUBLIC_KEY: ed25519PublicKeys.optional(),
    ...natsSettings,
    EVENT_PUBLIC_KEYS: eventPublicKeys,
    /** Events without a signature are accepted if they were stored before this time: for an upgrade. */
    EVENTS_UNSIGNED_UNTIL: z.iso
      .datetime({ offset: true })
      .transform((time) => new Date(time))
      .optional(),
    STREAM_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  })
  .check(neededForSignIn('GATEWAY_PUBLIC_KEY'), offOnLoopbackOnly, noDrillsInProduction)

export type BrokerSettings = z.infer<typeof brokerSettings>

/** For every service with a Postgres database. */
export const participantSettings = brokerSettings.extend({
  /** Signs the events that this service publishes. */
  EVENT_SIGNING_KEY: ed25519PrivateKey,
  /** With `sslmode=verify-full&sslrootcert=FILE`, for example. */
  POSTGRES_URL: postgresUrl,
  /** How long published events stay in the outbox, and handled ids in the inbox. */
  OUTBOX_RETENTION_MS: retentionMs.default(7 * 24 * 3_600_000),
})

/** For every service with commands over HTTP. */
export const commandSettings = participantSettings.extend({
  /** How long the answer to a request with an `Idempotency-Key` is kept. */
  IDEMPOTENCY_RETENTION_MS: retentionMs.default(24 * 3_600_000),
})

/** The message has a line for each wrong setting. */
export class BadSettings extends Error {
  override readonly name = 'BadSettings'
  readonly lines: readonly string[]
  constructor(lines: readonly string[]) {
    super(`these settings in the environment are wrong:\n${lines.map((line) => `  ${line}`).join('\n')}`)
    this.lines = lines
  }
}

/**
 * Reads settings from the environment; a blank variable counts as not set.
 * @throws BadSettings
 */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const result = schema.safeParse(present, { error: inPlainWords })
  if (result.success) return result.data
  throw new BadSettings(
    result.error.issues.map(({ path, code, message }) => {
      const name = path.join('.')
      return `${name}: ${name in present || code === 'custom' ? message : 'is not set'}`
    }),
  )
}

/** Reads the process's settings; prints what is wrong with them and exits with 1. */
export function settingsOrExit<Schema extends z.ZodObject>(schema: Schema): z.infer<Schema> {
  try {
    return readSettings(schema, process.env)
  } catch (error) {
    process.stderr.write(`${error instanceof BadSettings ? error.message : String(error)}\n`)
    process.exit(1)
  }
}
