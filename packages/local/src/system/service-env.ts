import { consumingServices, familyOf } from '@saucery/contracts/choreography'
import { eventKeyEnv, resumeTokenKey } from '../access/event-keys.ts'
import type { SignInEnv } from '../access/sign-in.ts'
import type { Bundle } from './bundle.ts'
import { freezeFileIn } from './freezing.ts'
import { managementOf, type ServiceName, type ServicePorts } from './service-ports.ts'
import type { Stores } from './stores.ts'

/** Not passed on from the environment of `start`: credentials and addresses of the whole system. */
const notPassedOn =
  /^(POSTGRES_URL|NATS_URL|NATS_USER|NATS_PASSWORD|MONGODB_URL|PORT|MANAGEMENT_PORT|HOST|(ORDER|PAYMENT|DELIVERY|DASHBOARD)_URL|AUTH(_.*)?|GATEWAY_(SIGNING|PUBLIC)_KEY|EVENT_(SIGNING_KEY|PUBLIC_KEYS)|RESUME_TOKEN_KEY|WEB_ROOT|TRACE_STORE(_URL)?|FREEZE_FILE)$/

export interface EnvOptions {
  readonly dataDir: string
  readonly ports: Readonly<ServicePorts>
  readonly stores: Pick<Stores, 'databases' | 'nats'>
  readonly signIn: SignInEnv
  readonly bundle: Pick<Bundle, 'page'>
  readonly env: NodeJS.ProcessEnv
  /** The URL of the built-in trace store, if it is on. */
  readonly traceStore?: string | undefined
}

/** A service's environment: the settings in the environment of `start`, and the access of this service alone. */
export function serviceEnv(name: ServiceName, options: EnvOptions): NodeJS.ProcessEnv {
  const { ports, signIn, bundle, env } = options
  const passedOn = Object.fromEntries(Object.entries(env).filter(([variable]) => !notPassedOn.test(variable)))
  const listen = {
    HOST: '127.0.0.1',
    PORT: String(ports[name]),
    MANAGEMENT_PORT: String(ports[managementOf(name)]),
    LOG_FORMAT: 'json',
  }
  const traces = tracesTo(options.traceStore)
  if (name !== 'gateway')
    return { ...traces, ...passedOn, ...listen, ...signIn.services, ...storeAccess(name, options) }
  const upstreams = consumingServices.map((service) => [
    `${service.toUpperCase()}_URL`,
    `http://127.0.0.1:${ports[service]}`,
  ])
  return {
    // All requests come from one address here: the page, the demo, the bench and the tests of the whole.
    RATE_LIMIT_PER_MINUTE: '0',
    ...traces,
    ...passedOn,
    ...listen,
    ...signIn.gateway,
    WEB_ROOT: bundle.page,
    ...(options.traceStore !== undefined && { TRACE_STORE_URL: options.traceStore }),
    ...(env.DRILLS === 'on' && { FREEZE_FILE: freezeFileIn(options.dataDir) }),
    ...Object.fromEntries(upstreams),
  }
}

/** Spans are sent soon, so that an order's page shows them as they come. */
const tracesTo = (store: string | undefined): NodeJS.ProcessEnv =>
  store === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: store, OTEL_BSP_SCHEDULE_DELAY: '500' }

function storeAccess(
  name: Exclude<ServiceName, 'gateway'>,
  { stores, dataDir }: EnvOptions,
): NodeJS.ProcessEnv {
  const { databases, nats } = stores
  const { user, password } = nats.users[name]
  const store =
    name === 'dashboard'
      ? { MONGODB_URL: databases.dashboard, RESUME_TOKEN_KEY: resumeTokenKey(dataDir) }
      : { POSTGRES_URL: databases[familyOf(name)] }
  const broker = { NATS_URL: nats.url, NATS_USER: user, NATS_PASSWORD: password }
  return { ...store, ...broker, ...eventKeyEnv(dataDir, name) }
}
