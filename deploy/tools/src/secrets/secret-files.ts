import { consumingServices, familyOf, publishers, type Service } from '@saucery/contracts/choreography'
import { eventKeyEnv, resumeTokenKey } from '@saucery/local/access/event-keys'
import { natsUserNames } from '@saucery/local/access/nats-users'
import { loadOrCreateKey, localTokenSettings, privatePem, publicPem } from '@saucery/local/access/sign-in'
import { loadOrCreateSecrets } from '@saucery/servers/install/secrets'
import { passwordVariable } from './nats-users-file.ts'

const databases = publishers.map(familyOf)
/** `route`: with its password the servers of a cluster know each other. */
const natsUsers = [...natsUserNames, 'replayer', 'route'] as const
/** `monitor`: Postgres' exporter, which sees statistics and no data. */
const stores = ['postgres', ...databases, 'monitor', 'mongodb', 'dashboard'] as const

/**
 * The variables of each Secret: passwords that are generated once and kept in `dataDir`, and the keys of `pnpm start`
 * and `pnpm sign-in`.
 */
export function secretFiles(dataDir: string): Record<string, Record<string, string>> {
  const nats = passwords(dataDir, natsUsers, 'cluster-nats')
  const store = passwords(dataDir, stores, 'cluster')
  const gatewayKey = loadOrCreateKey(dataDir, 'gateway')
  const publicKey = { GATEWAY_PUBLIC_KEY: oneLine(publicPem(gatewayKey)) }
  const participants = publishers.map((service) => {
    const database = familyOf(service)
    const url = `postgres://${database}:${store[database]}@postgres:5432/${database}`
    return [service, { POSTGRES_URL: url, ...publicKey }]
  })
  const files: Record<string, Record<string, string>> = {
    ...Object.fromEntries(participants),
    dashboard: {
      MONGODB_URL: `mongodb://dashboard:${store.dashboard}@mongodb:27017/dashboard`,
      RESUME_TOKEN_KEY: resumeTokenKey(dataDir),
      ...publicKey,
    },
    gateway: {
      GATEWAY_SIGNING_KEY: oneLine(privatePem(gatewayKey)),
      AUTH_PUBLIC_KEY: oneLine(localTokenSettings(dataDir).AUTH_PUBLIC_KEY),
    },
    provision: { NATS_PASSWORD: nats.provisioner },
    nats: Object.fromEntries(natsUsers.map((user) => [passwordVariable(user), nats[user]])),
    postgres: {
      POSTGRES_PASSWORD: store.postgres,
      MONITOR_PASSWORD: store.monitor,
      ...Object.fromEntries(databases.map((name) => [`${name.toUpperCase()}_PASSWORD`, store[name]])),
    },
    'postgres-exporter': {
      DATA_SOURCE_URI: 'postgres:5432/postgres?sslmode=disable',
      DATA_SOURCE_USER: 'monitor',
      DATA_SOURCE_PASS: store.monitor,
    },
    mongodb: {
      MONGO_INITDB_ROOT_USERNAME: 'root',
      MONGO_INITDB_ROOT_PASSWORD: store.mongodb,
      DASHBOARD_PASSWORD: store.dashboard,
    },
  }
  for (const service of consumingServices)
    files[service] = { ...files[service], NATS_PASSWORD: nats[service], ...keysOf(dataDir, service) }
  return files
}

/** The same for production, without what belongs to this machine alone; the URLs of the databases are the operator's. */
export function productionSecretFiles(dataDir: string): Record<string, Record<string, string>> {
  const { postgres: _, mongodb: __, 'postgres-exporter': ___, ...files } = secretFiles(dataDir)
  const ofThisMachine = /^(POSTGRES_URL|MONGODB_URL|AUTH_PUBLIC_KEY)$/
  return Object.fromEntries(
    Object.entries(files).map(([name, variables]) => [
      name,
      Object.fromEntries(Object.entries(variables).filter(([variable]) => !ofThisMachine.test(variable))),
    ]),
  )
}

// NATS parses a variable like a value of its configuration, where 1e5… would be a number. So a letter comes first.
function passwords<Name extends string>(dataDir: string, names: readonly Name[], prefix: string) {
  const keyOf = (name: Name) => `${prefix}-${name}`
  const kept: Record<string, string> = loadOrCreateSecrets(dataDir, names.map(keyOf))
  return Object.fromEntries(names.map((name) => [name, `p${kept[keyOf(name)]}`])) as Record<Name, string>
}

function keysOf(dataDir: string, service: Service) {
  const keys = Object.entries(eventKeyEnv(dataDir, service))
  return Object.fromEntries(keys.map(([name, value]) => [name, oneLine(value)]))
}

/** A PEM as the settings read it from an env file. */
const oneLine = (pem: string) => pem.trim().replaceAll('\n', '\\n')
