import { mutantsOf } from '../mutant.ts'

const postgres = 'packages/messaging/src/postgres'

/** A connection that lives once, the transactions on it, and the pool that shares what is left. */
export const postgresClients = [
  ...mutantsOf(
    `${postgres}/connection.ts`,
    'lost-transactions',
    [
      'what is left of a transaction is sent on a new connection',
      'if (hasConnected) {\n        lose()\n        throw lost\n      }\n',
      '',
    ],
    ['statements under way are not told that their connection is lost', 'query.reject(lost)', 'query'],
  ),
  ...mutantsOf(`${postgres}/driver.ts`, 'lost-transactions', [
    'a statement whose plan is out of date is repeated behind its transaction',
    "Object.defineProperty(query, 'retried', neverRepeated) as never",
    'query as never',
  ]),
  ...mutantsOf(
    `${postgres}/pool.ts`,
    'postgres/pool.int',
    [
      'idle connections that have ended keep their places',
      'for (const member of members) if (isIdle(member) && hasEnded(member)) retire(member)\n',
      '',
    ],
    [
      'a transaction takes a connection on which statements are under way',
      'isTransaction ? [] : usable',
      'usable',
    ],
    [
      'who waits is not served when a transaction ends',
      'member.idleSince = performance.now()\n    serve()',
      '',
    ],
  ),
  ...mutantsOf('packages/servers/src/postgres/admin-client.ts', 'admin-client', [
    'an administrator reads PGTARGETSESSIONATTRS',
    "target_session_attrs: 'primary',",
    '',
  ]),
]
