export type NatsUser = { user: string; password: string; permissions?: NatsPermissions }
/** The subjects a user may publish to and subscribe to; everything else is refused. */
export type NatsPermissions = { publish: string[]; subscribe: string[] }

/** A server's place in a cluster: whoever has no password of its routes is not let in. */
export interface NatsCluster {
  readonly serverName: string
  readonly port: number
  /** The cluster ports of all its servers. */
  readonly ports: readonly number[]
  readonly password: string
}

interface NatsConfig {
  readonly port: number
  /** Answers how the server is. It needs no password, and tells a local process names but no data. */
  readonly monitorPort: number
  readonly storeDir: string
  readonly users: readonly NatsUser[]
  readonly cluster?: NatsCluster | undefined
  /** Further lines. */
  readonly lines?: readonly string[]
}

/** The server's configuration file: JetStream on disk, this machine only, and each user's permissions. */
export function natsConfig({
  port,
  monitorPort,
  storeDir,
  users,
  cluster,
  lines: more = [],
}: NatsConfig): string {
  const lines = [
    `server_name: ${cluster?.serverName ?? 'local'}`,
    `listen: "127.0.0.1:${port}"`,
    `http: "127.0.0.1:${monitorPort}"`,
    'max_payload: 1MB',
    'jetstream {',
    `  store_dir: ${quoted(storeDir)}`,
    // Nearly free; `always` costs more than nine tenths of the throughput. The services publish again what a power
    // failure loses. Unquoted, 100ms would be read as a number.
    '  sync_interval: "100ms"',
    '}',
    ...(cluster ? routes(cluster) : []),
    ...authorization(users.map((user) => ({ ...user, password: quoted(user.password) }))),
    ...more,
  ]
  return `${lines.join('\n')}\n`
}

const routes = ({ port, ports, password }: NatsCluster): string[] => [
  'cluster {',
  '  name: local',
  `  listen: "127.0.0.1:${port}"`,
  `  authorization: { user: route, password: ${quoted(password)} }`,
  `  routes: [${ports.map((other) => quoted(`nats://route:${password}@127.0.0.1:${other}`)).join(', ')}]`,
  '}',
]

/** @param users with each password as it is written: quoted, or `$NAME` of the server's environment */
export const authorization = (users: readonly NatsUser[]): string[] =>
  users.length === 0 ? [] : ['authorization {', '  users: [', ...users.flatMap(userLines), '  ]', '}']

function userLines({ user, password, permissions }: NatsUser): string[] {
  const rules = Object.entries(permissions ?? {}).map(([verb, subjects]) => `  ${verb}: ${rule(subjects)}`)
  const block = permissions ? ['permissions: {', ...rules, '}'] : []
  const lines = [`user: ${quoted(user)}`, `password: ${password}`, ...block]
  return ['    {', ...lines.map((line) => `      ${line}`), '    }']
}

/** The server would read an empty list of allowed subjects as "all subjects". */
const rule = (subjects: string[]): string =>
  subjects.length === 0 ? '{ deny: [">"] }' : `{ allow: [${subjects.map(quoted).join(', ')}] }`

function quoted(text: string): string {
  if (/\p{Cc}/u.test(text))
    throw new Error(`cannot be written into a NATS configuration: ${JSON.stringify(text)}`)
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
