import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import postgres from 'postgres'
import type { Found } from '../install/found.ts'
import { greeting } from '../process/ports.ts'
import { versionIn } from '../process/programs.ts'
import { externalServer, type Server, type StartOptions, startServer } from '../process/server.ts'
import { clusterAccount, initCluster, removeForeignPidFile } from './cluster.ts'
import type { PostgresProgram } from './find-postgres.ts'
import { endOrphans } from './orphans.ts'

// As in production, fsync and synchronous_commit are on: they are Postgres's defaults.
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

/** Starts Postgres, unless the environment names a server: then checks that it answers. The url is the administrator's. */
export async function startPostgres(found: Found<PostgresProgram>, options: StartOptions): Promise<Server> {
  if (found.kind === 'environment')
    return externalServer(found.url, `PostgreSQL ${await versionAt(found.url)} (${found.what})`, 5432)
  const { what, program } = found
  const { dataDir, print = () => {} } = options
  const data = join(dataDir, 'data')
  const account = await clusterAccount(dataDir, program)
  let password = ''
  const url = (port: number) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  return startServer({
    ...options,
    what,
    url,
    async command(port) {
      password = await initCluster(program, dataDir, data, account, print)
      await removeForeignPidFile(data)
      const flags = Object.entries({ ...settings, ...statementCounts(program), port: String(port) })
      return {
        file: program.postgres,
        args: ['-D', data, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
        ...account,
      }
    },
    async ready(port) {
      await greeting(port, false)
      await versionAt(url(port))
    },
    stopSignal: 'SIGINT', // "fast": ends open connections, then writes a checkpoint
    endOrphans: () => endOrphans(data),
    // Where orphans cannot be found, they are waited for.
    retryWhen: /pre-existing shared memory block|lock file "postmaster.pid" already exists/,
  })
}

/** Counts each statement a service runs, where the extension is installed. */
function statementCounts({ postgres }: PostgresProgram): Record<string, string> {
  const lib = join(dirname(postgres), '..', 'lib')
  const files = ['so', 'dylib'].map((ending) => `pg_stat_statements.${ending}`)
  const isInstalled = files.some(
    (file) => existsSync(join(lib, file)) || existsSync(join(lib, 'postgresql', file)),
  )
  return isInstalled ? { shared_preload_libraries: 'pg_stat_statements' } : {}
}

/** Asks over a real connection. */
async function versionAt(url: string): Promise<string | undefined> {
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
