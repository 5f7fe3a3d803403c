import { subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf, projectionVersion } from '@saucery/contracts/projection-durables'
import { natsUserNames, permissionsOfUser } from '@saucery/local/access/nats-users'
import { root } from '@saucery/servers/install/folders'
import { authorization, type NatsUser } from '@saucery/servers/nats/config'

/** A part of the server's configuration, and kept beside it. */
export const usersFile = `${root}deploy/infra/nats/users.conf`

/** The variable of the server's environment that holds a user's password. */
export const passwordVariable = (user: string): string => `NATS_${user.toUpperCase()}_PASSWORD`

/** Makes the dashboard read everything again, by deleting its consumers; may do nothing else. */
export const replayer = { user: 'replayer', variable: passwordVariable('replayer') }

/** Who may connect, and what each may do. */
export function usersConf(): string {
  const users: NatsUser[] = natsUserNames.map((user) => ({
    user,
    password: `$${passwordVariable(user)}`,
    permissions: permissionsOfUser(user),
  }))
  users.push({
    user: replayer.user,
    password: `$${replayer.variable}`,
    permissions: {
      publish: subscriptionsOf('dashboard').map(
        ({ stream }) => `$JS.API.CONSUMER.DELETE.${stream}.${durableOf(projectionVersion)}`,
      ),
      subscribe: [`_INBOX_${replayer.user}.>`],
    },
  })
  const lines = ['# Made by `pnpm deploy:nats` from packages/contracts.', ...authorization(users)]
  return `${lines.join('\n')}\n`
}
