import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import postgres from 'postgres'
import type { Found, Print } from '../install/found.ts'
import { launch } from '../process/launch.ts'
import { greeting } from '../process/ports.ts'
import { versionIn } from '../process/programs.ts'
import { externalServer, type Server } from '../process/server.ts'
import { clusterAccount, dropForeignPidFile, initCluster } from './cluster.ts'
import type { PostgresProgram } from './find-postgres.ts'
import { endOrphans } from './orphans.ts'

type Options = { dataDir: string; port?: number; print?: Print }

// Durability stays as in production: fsync and synchronous_commit are on by default and are not touched.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '256MB',
  max_connections: '200',
  max_wal_size: '2GB',
  wal_compression: 'on',
  checkpoint_completion_target: '0.9',
  checkpoint_timeout: '15min',
}

/** Counts statements, where the extension is installed: what a service asks of its database can be looked at. */
function statementCounts({ postgres }: PostgresProgram): Record<string, string> {
  const libraries = [join(dirname(postgres), '..', 'lib'), join(dirname(postgres), '..', 'lib', 'postgresql')]
  const isThere = libraries.some((folder) =>
    ['so', 'dylib'].some((ending) => existsSync(join(folder, `pg_stat_statements.${ending}`))),
  )
  return isThere ? { shared_preload_libraries: 'pg_stat_statements' } : {}
}

/** Starts the chosen Postgres, or greets the one that the environment names. Its url is the administrator's. */
export async function startPostgres(found: Found<PostgresProgram>, options: Options): Promise<Server> {
  if (found.kind === 'environment') {
    return externalServer(found.url, `PostgreSQL ${await ask(found.url)} (${found.what})`, 5432)
  }
  const { dataDir, port, print = () => {} } = options
  const { program, what } = found
  const data = join(dataDir, 'data')
  const account = await clusterAccount(dataDir, program)
  let password = ''
  const url = (at: number) => `postgres://postgres:${password}@127.0.0.1:${at}/postgres`
  return launch({
    what,
    dataDir,
    port,
    print,
    url,
    async command(at) {
      password = await initCluster(program, dataDir, data, account, print)
      await dropForeignPidFile(data)
      const flags = Object.entries({
        ...settings,
        ...statementCounts(program),
        port: String(at),
      }).flatMap(([k, v]) => ['-c', `${k}=${v}`])
      return { file: program.postgres, args: ['-D', data, ...flags], ...account }
    },
    async ready(at) {
      await greeting(at, false)
      await ask(url(at))
    },
    stopSignal: 'SIGINT', // "fast": ends open connections, then writes a checkpoint
    endOrphans: () => endOrphans(data),
    // Where orphans cannot be found, they are waited for.
    passing: /pre-existing shared memory block|lock file "postmaster.pid" already exists/,
  })
}

/** The server's version, by a real connection. */
async function ask(url: string): Promise<string | undefined> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    const [row] = await sql<{ server_version: string }[]>`show server_version`
    return versionIn(row?.server_version ?? '')
  } catch (cause) {
    throw new Error(`PostgreSQL does not answer: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  } finally {
    await sql.end({ timeout: 1 })
  }
}
