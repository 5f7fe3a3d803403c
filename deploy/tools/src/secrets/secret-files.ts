import { loadOrCreateKey, privatePem, publicPem } from '@saucery/local/access/keys'
import { natsServices, natsUserNames } from '@saucery/local/access/nats-users'
import { localTokenSettings } from '@saucery/local/access/sign-in'
import { loadOrCreateSecrets } from '@saucery/servers/install/secrets'
import { passwordVariable } from './nats-users-file.ts'

const owned = { order: 'orders', payment: 'payments', delivery: 'deliveries' } as const
const natsUsers = [...natsUserNames, 'replayer'] as const
const stores = ['postgres', 'orders', 'payments', 'deliveries', 'mongodb', 'dashboard'] as const

/**
 * What no repository holds, as one file of variables for each Secret: passwords that are made once and kept, and the
 * keys that `pnpm start` and `pnpm sign-in` use too.
 */
export function secretFiles(dataDir: string): Record<string, Record<string, string>> {
  const nats = passwords(dataDir, natsUsers, 'cluster-nats')
  const store = passwords(dataDir, stores, 'cluster')
  const gatewayKey = loadOrCreateKey(dataDir, 'gateway')
  const passport = { GATEWAY_PUBLIC_KEY: oneLine(publicPem(gatewayKey)) }
  const participants = Object.entries(owned).map(([service, database]) => [
    service,
    { POSTGRES_URL: `postgres://${database}:${store[database]}@postgres:5432/${database}`, ...passport },
  ])
  const files: Record<string, Record<string, string>> = {
    ...Object.fromEntries(participants),
    dashboard: { MONGODB_URL: `mongodb://dashboard:${store.dashboard}@mongodb:27017/dashboard`, ...passport },
    gateway: {
      GATEWAY_SIGNING_KEY: oneLine(privatePem(gatewayKey)),
      AUTH_PUBLIC_KEY: oneLine(localTokenSettings(dataDir).AUTH_PUBLIC_KEY),
    },
    provision: { NATS_PASSWORD: nats.provisioner },
    nats: Object.fromEntries(natsUsers.map((user) => [passwordVariable(user), nats[user]])),
    postgres: {
      POSTGRES_PASSWORD: store.postgres,
      ...Object.fromEntries(
        Object.values(owned).map((name) => [`${name.toUpperCase()}_PASSWORD`, store[name]]),
      ),
    },
    mongodb: {
      MONGO_INITDB_ROOT_USERNAME: 'root',
      MONGO_INITDB_ROOT_PASSWORD: store.mongodb,
      DASHBOARD_PASSWORD: store.dashboard,
    },
  }
  for (const service of natsServices) files[service] = { ...files[service], NATS_PASSWORD: nats[service] }
  return files
}

// A NATS server reads a variable as if it stood in its configuration, where 1e5… would be a number: a letter first.
function passwords<Name extends string>(
  dataDir: string,
  names: readonly Name[],
  prefix: string,
): Record<Name, string> {
  const kept = loadOrCreateSecrets(
    dataDir,
    names.map((name) => `${prefix}-${name}` as const),
  )
  return Object.fromEntries(names.map((name) => [name, `p${kept[`${prefix}-${name}`]}`])) as Record<
    Name,
    string
  >
}

/** As the settings take a PEM from a file of variables. */
const oneLine = (pem: string) => pem.trim().replaceAll('\n', '\\n')
