import { z } from 'zod'
import { callerSettings, neededForSignIn, offOnLoopbackOnly } from './auth-settings.ts'

export const port = z.coerce.number().int().min(0).max(65_535)
export const ms = z.coerce.number().int().min(0).max(2_147_483_647)

/** What every server for HTTP is told. */
export const httpSettings = z.object({
  PORT: port,
  HOST: z.string().default('0.0.0.0'),
  /** Time for a client to send the head of a request. */
  HEADERS_TIMEOUT_MS: ms.min(1).default(10_000),
  /** Time for a client to send all of a request. */
  REQUEST_TIMEOUT_MS: ms.min(1).default(30_000),
  /** How long a connection stays open for the next request: longer than a load balancer before it would use it. */
  KEEP_ALIVE_TIMEOUT_MS: ms.min(1).default(5_000),
})

/** What every service is told. Credentials are settings of their own, so that URLs can be logged. */
export const commonSettings = httpSettings.extend({
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default(process.stdout.isTTY ? 'pretty' : 'json'),
  /** Time for a stop from the signal to the exit; what is not finished by then is done again after a restart. */
  SHUTDOWN_GRACE_MS: ms.default(10_000),
  /** `on`: SIGHUP makes `/livez` fail from then on. For experiments with self-healing. */
  FAULT_SWITCH: z.enum(['on', 'off']).default('off'),
})

/** What every service that speaks or listens is told. */
export const brokerSettings = commonSettings
  .extend({
    ...callerSettings,
    NATS_URL: z.string().min(1),
    NATS_USER: z.string().optional(),
    NATS_PASSWORD: z.string().optional(),
    STREAM_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  })
  .check(neededForSignIn('GATEWAY_PUBLIC_KEY'), offOnLoopbackOnly)

/** What every service with a Postgres database is told. */
export const participantSettings = brokerSettings.extend({
  POSTGRES_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** How long published events stay in the outbox, and handled ids in the inbox. */
  OUTBOX_RETENTION_MS: z.coerce
    .number()
    .int()
    .min(60_000)
    .default(7 * 24 * 3_600_000),
})

/** What every service is told that is asked for changes over HTTP. */
export const commandSettings = participantSettings.extend({
  /** How long the answers are kept to requests that may be repeated. */
  IDEMPOTENCY_RETENTION_MS: z.coerce
    .number()
    .int()
    .min(60_000)
    .default(24 * 3_600_000),
})

/** Settings that do not fit: the message has a line for each. */
export class BadSettings extends Error {
  override readonly name = 'BadSettings'
}

/**
 * Reads settings from the environment; a blank variable counts as absent.
 * @throws BadSettings with every error at once
 */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
  const result = schema.safeParse(present)
  if (result.success) return result.data
  const lines = result.error.issues.map(({ path, code, message }) => {
    const name = path.join('.')
    return `  ${name}: ${name in present || code === 'custom' ? message : 'is not set'}`
  })
  throw new BadSettings(`these settings in the environment are wrong:\n${lines.join('\n')}`)
}

/** Reads the process's settings, or says what is wrong with them and exits with 1. */
export function settingsOrExit<Schema extends z.ZodObject>(schema: Schema): z.infer<Schema> {
  try {
    return readSettings(schema, process.env)
  } catch (error) {
    process.stderr.write(`${error instanceof BadSettings ? error.message : String(error)}\n`)
    process.exit(1)
  }
}
