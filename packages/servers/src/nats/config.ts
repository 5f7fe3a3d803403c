export type NatsUser = { user: string; password: string; permissions?: NatsPermissions }
/** The subjects a user may publish to and subscribe to; everything else is refused. */
export type NatsPermissions = { publish: string[]; subscribe: string[] }

/** The server's configuration file: JetStream on disk, this machine only, and each user within its permissions. */
export function natsConfig(config: { port: number; storeDir: string; users: readonly NatsUser[] }): string {
  const { port, storeDir, users } = config
  const lines = [
    'server_name: local',
    `listen: "127.0.0.1:${port}"`,
    'max_payload: 1MB',
    'jetstream {',
    `  store_dir: ${quoted(storeDir)}`,
    // Nearly free; `always` costs more than nine tenths of the throughput. What a power failure takes with it,
    // the services publish again. Unquoted, 100ms would be read as a number.
    '  sync_interval: "100ms"',
    '}',
  ]
  lines.push(...authorization(users.map((user) => ({ ...user, password: quoted(user.password) }))))
  return `${lines.join('\n')}\n`
}

/** @param users their passwords as they are to be written: quoted, or `$NAME` of the server's environment */
export const authorization = (users: readonly NatsUser[]): string[] =>
  users.length === 0 ? [] : ['authorization {', '  users: [', ...users.flatMap(userLines), '  ]', '}']

function userLines({ user, password, permissions }: NatsUser): string[] {
  const lines = ['    {', `      user: ${quoted(user)}`, `      password: ${password}`]
  if (permissions) {
    const { publish, subscribe } = permissions
    lines.push(
      '      permissions: {',
      `        publish: ${rule(publish)}`,
      `        subscribe: ${rule(subscribe)}`,
      '      }',
    )
  }
  return [...lines, '    }']
}

/** The server takes an empty list of allowed subjects for "all of them". */
function rule(subjects: string[]): string {
  return subjects.length === 0 ? '{ deny: [">"] }' : `{ allow: [${subjects.map(quoted).join(', ')}] }`
}

function quoted(text: string): string {
  if (/["\\\p{Cc}]/u.test(text))
    throw new Error(`cannot be written into a NATS configuration: ${JSON.stringify(text)}`)
  return `"${text}"`
}
