import { mutantsOf } from '../mutant.ts'

const postgres = 'packages/messaging/src/postgres'

/** Statements are sent once, each transaction has its connection for itself, and nobody waits for ever. */
export const postgresClients = [
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
      'a statement outside of a transaction becomes part of it',
      'filter((member) => !member.isTaken && !hasEnded(member))',
      'filter((member) => !hasEnded(member))',
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
