import { join } from 'node:path'
import {
  operatorPermissions,
  permissionsOf,
  provisionerPermissions,
  type SubjectPermissions,
} from '@saucery/contracts/access/nats-permissions'
import { consumingServices } from '@saucery/contracts/choreography'
import { loadOrCreateSecrets, writePrivateFile } from '@saucery/servers/install/secrets'
import type { NatsUser } from '@saucery/servers/nats/config'

export const natsUserNames = [...consumingServices, 'provisioner', 'operator'] as const
type Name = (typeof natsUserNames)[number]

type NatsLogin = Readonly<Record<'user' | 'password', string | undefined>>

export interface NatsAccess {
  /** Without credentials. */
  readonly url: string
  readonly users: Readonly<Record<Name, NatsLogin>>
}

type NamedUser = NatsUser & { user: Name }

/** Each service's user with its own permissions, the provisioner, who makes the streams, and the operator. */
export function natsUsers(dataDir: string): NamedUser[] {
  const names = natsUserNames.map((name) => `nats-${name}` as const)
  const passwords = loadOrCreateSecrets(dataDir, names)
  return natsUserNames.map((user) => ({
    user,
    password: passwords[`nats-${user}`],
    permissions: permissionsOfUser(user),
  }))
}

export function permissionsOfUser(user: Name): SubjectPermissions {
  if (user === 'provisioner') return provisionerPermissions
  return user === 'operator' ? operatorPermissions : permissionsOf(user)
}

const badNatsUrl =
  'NATS_URL: in its name and password % has to be written as %25, / as %2F, and a comma as %2C'

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new Error(badNatsUrl, { cause })
  }
}

/** For a server with one login: everyone uses the credentials in the URL. */
export function accessFromUrl(url: string): NatsAccess {
  const [, user, password] = /^[a-z]+:\/\/([^:/,]*)(?::([^/,]*))?@/i.exec(url) ?? []
  const login = { user: user && decoded(user), password: password && decoded(password) }
  const address = url.replace(/(?<=:\/\/)[^/,]*@/g, '')
  if (address.includes('@')) throw new Error(badNatsUrl)
  const logins = natsUserNames.map((name) => [name, login])
  return { url: address, users: Object.fromEntries(logins) }
}

/** For a server that was started with these users. */
export function accessPerUser(url: string, users: readonly NamedUser[]): NatsAccess {
  const logins = users.map(({ user, password }) => [user, { user, password }])
  return { url, users: Object.fromEntries(logins) }
}

/** The file by which the nats command line connects as the operator of the system on this data folder. */
export const operatorContext = (dataDir: string) => join(dataDir, 'operator.json')

/** Writes the file, in the format of the nats command line's contexts. */
export function writeOperatorContext(dataDir: string, { url, users }: NatsAccess): void {
  const { user, password } = users.operator
  const context = {
    description: 'Saucery on this machine',
    url,
    user,
    password,
    inbox_prefix: '_INBOX_operator',
  }
  writePrivateFile(operatorContext(dataDir), `${JSON.stringify(context, null, 2)}\n`)
}
