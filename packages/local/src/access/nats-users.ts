import {
  operatorPermissions,
  type Permissions,
  permissionsOf,
  provisionerPermissions,
} from '@saucery/contracts/access/nats-permissions'
import { loadOrCreateSecrets } from '@saucery/servers/install/secrets'
import type { NatsUser } from '@saucery/servers/nats/config'

export const natsServices = ['order', 'payment', 'delivery', 'dashboard'] as const
export const natsUserNames = [...natsServices, 'provisioner', 'operator'] as const
type Name = (typeof natsUserNames)[number]

export type NatsLogin = { user: string | undefined; password: string | undefined }

/** Where NATS is, and with which name and password each connects. */
export type NatsAccess = { url: string; users: Record<Name, NatsLogin> }

/** A user for each service with its permissions alone, the one that makes the streams, and who replays them. */
export function natsUsers(dataDir: string): (NatsUser & { user: Name })[] {
  const passwords = loadOrCreateSecrets(
    dataDir,
    natsUserNames.map((name) => `nats-${name}` as const),
  )
  return natsUserNames.map((user) => ({
    user,
    password: passwords[`nats-${user}`],
    permissions: permissionsOfUser(user),
  }))
}

export function permissionsOfUser(user: Name): Permissions {
  if (user === 'provisioner') return provisionerPermissions
  return user === 'operator' ? operatorPermissions : permissionsOf(user)
}

/** Every user with the credentials in the URL, where the server was not started here and knows no others. */
export function accessFromUrl(url: string): NatsAccess {
  const [user, password] = /^[a-z]+:\/\/([^@/,]*)@/i.exec(url)?.[1]?.split(':').map(decodeURIComponent) ?? []
  const everyone = Object.fromEntries(natsUserNames.map((name) => [name, { user, password }])) as Record<
    Name,
    NatsLogin
  >
  return { url: url.replace(/:\/\/[^@/,]*@/g, '://'), users: everyone }
}

export function accessPerUser(url: string, users: readonly (NatsUser & { user: Name })[]): NatsAccess {
  return { url, users: Object.fromEntries(users.map((user) => [user.user, user])) as Record<Name, NatsLogin> }
}
