import type { SignInSettings } from '../access/sign-in.ts'
import type { Bundle } from './bundle.ts'
import type { ServiceName } from './service-ports.ts'
import type { Stores } from './stores.ts'

/** What a service may not learn from the environment of the one who starts it: others' credentials and addresses. */
const withheld =
  /^(POSTGRES_URL|NATS_URL|NATS_USER|NATS_PASSWORD|MONGODB_URL|PORT|HOST|(ORDER|PAYMENT|DELIVERY|DASHBOARD)_URL|AUTH(_.*)?|GATEWAY_(SIGNING|PUBLIC)_KEY|WEB_ROOT)$/

interface Options {
  readonly ports: Readonly<Record<ServiceName, number>>
  readonly stores: Pick<Stores, 'databases' | 'nats'>
  readonly signIn: SignInSettings
  readonly bundle: Pick<Bundle, 'page'>
  readonly env: NodeJS.ProcessEnv
}

/** A service's environment: the starter's own, so that its settings reach it, and this service's access alone. */
export function serviceEnv(
  name: ServiceName,
  { ports, stores, signIn, bundle, env }: Options,
): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([variable]) => !withheld.test(variable))
  return {
    ...(name === 'gateway' && forOneClient),
    ...Object.fromEntries(passed),
    HOST: '127.0.0.1',
    PORT: String(ports[name]),
    LOG_FORMAT: 'json',
    ...(name === 'gateway' ? { ...signIn.gateway, WEB_ROOT: bundle.page } : signIn.services),
    ...access(name, ports, stores),
  }
}

// Here everything comes from one address: the page, the demo, the bench and the tests of the whole.
const forOneClient = { RATE_LIMIT_PER_MINUTE: '0' }

function access(
  name: ServiceName,
  ports: Options['ports'],
  { databases, nats }: Options['stores'],
): NodeJS.ProcessEnv {
  if (name === 'gateway') return Object.fromEntries(behindGateway.map((service) => upstream(service, ports)))
  const store =
    name === 'dashboard' ? { MONGODB_URL: databases.dashboard } : { POSTGRES_URL: databases[owned[name]] }
  const { user, password } = nats.users[name]
  return { ...store, NATS_URL: nats.url, NATS_USER: user, NATS_PASSWORD: password }
}

const owned = { order: 'orders', payment: 'payments', delivery: 'deliveries' } as const
const behindGateway = ['order', 'payment', 'delivery', 'dashboard'] as const

const upstream = (service: ServiceName, ports: Options['ports']) => [
  `${service.toUpperCase()}_URL`,
  `http://127.0.0.1:${ports[service]}`,
]
