import {
  operatorPermissions,
  permissionsOf,
  provisionerPermissions,
} from '@saucery/contracts/access/nats-permissions'
import { consumingServices } from '@saucery/contracts/choreography'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { testKeys } from '@saucery/messaging/testing/keys'
import { quietLog } from '@saucery/messaging/testing/log'

export const password = 'secret'

/** The users of NATS, with the permissions that they have everywhere. */
export const users = [
  ...consumingServices.map((user) => ({ user, password, permissions: permissionsOf(user) })),
  { user: 'provisioner' as const, password, permissions: provisionerPermissions },
  { user: 'operator' as const, password, permissions: operatorPermissions },
]

export const logins = Object.fromEntries(users.map(({ user }) => [user, { user, password }])) as Record<
  (typeof users)[number]['user'],
  { user: string; password: string }
>

/** Connects as this user, with its permissions. */
export const connectAs = (user: keyof typeof logins, url: string) =>
  connectBroker({ url, name: user, ...logins[user], keys: testKeys, log: quietLog })
