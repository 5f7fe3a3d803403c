import { withoutProxyHere } from '@saucery/servers/process/local-calls'

/** Settings of the services, of `start` and of the drivers. A test sets those that it is about. */
const settings =
  /^(PG[A-Z]+|(POSTGRES|NATS(?!_SERVER_VERSION)|MONGODB|AUTH|TLS|GATEWAY|EVENTS?|ORDER|PAYMENT|DELIVERY|DASHBOARD|PROVIDER|CHARGE|STREAM|OUTBOX|IDEMPOTENCY|LIVE|UPSTREAM|CLIENT|SAUCERY|PROJECTION)_.*|PORT|HOST|LOG_LEVEL|LOG_FORMAT|CORS_(ORIGINS|CREDENTIALS)|RATE_LIMIT_PER_MINUTE|TRUSTED_PROXIES|ALLOWED_HOSTS|WEB_ROOT|SHUTDOWN_GRACE_MS|OVERDUE_AFTER_MS|RESUME_TOKEN_KEY|FAULT_SWITCH|.*_TIMEOUT_MS)$/

/** The environment of the tests: what a user has set for the system, and proxies, do not reach them. */
export const testEnv = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(withoutProxyHere(env)).filter(([name]) => !settings.test(name)))
