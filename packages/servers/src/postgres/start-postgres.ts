import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { StartOptions } from '../install/found.ts'
import { makeFolder } from '../process/folders.ts'
import { versionIn } from '../process/programs.ts'
import { externalServer, type Server, startServer } from '../process/server.ts'
import { openAdminClient } from './admin-client.ts'
import { clusterAccount, endOrphans, initCluster, removeForeignPidFile } from './cluster.ts'
import { clusterFolder, findPostgres, type PostgresProgram } from './find-postgres.ts'

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

/**
 * Finds Postgres and starts it; the url is the administrator's. A server that the environment names is only asked for
 * its version.
 */
export async function startPostgres(options: StartOptions): Promise<Server> {
  const found = await findPostgres(options)
  if (found.kind === 'environment')
    return externalServer(found.url, `PostgreSQL ${await versionAt(found.url)} (${found.what})`, 5432)
  const { what, program } = found
  const dataDir = await makeFolder(options.dataDir)
  const data = clusterFolder(dataDir)
  const account = await clusterAccount(dataDir, program)
  let password = ''
  const url = (port: number) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  return startServer({
    ...options,
    dataDir,
    what,
    url,
    async command(port) {
      password = await initCluster(program, { ...options, dataDir }, data, account)
      await removeForeignPidFile(data)
      const flags = Object.entries({ ...settings, ...statementCounts(program), port: String(port) })
      const args = ['-D', data, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
      return { file: program.postgres, args, ...account }
    },
    ready: (port) => versionAt(url(port)),
    stopSignal: 'SIGINT', // "fast": ends open connections, then writes a checkpoint
    endOrphans: () => endOrphans(data),
    // Where orphans cannot be found, they are waited for.
    retryWhen: /pre-existing shared memory block|lock file "postmaster.pid" already exists/,
  })
}

/** Counts the statements that each service runs, where the extension is installed. */
function statementCounts({ postgres }: PostgresProgram): Record<string, string> {
  const lib = join(dirname(postgres), '..', 'lib')
  const folders = [lib, join(lib, 'postgresql')]
  const files = folders.flatMap((folder) =>
    ['so', 'dylib'].map((end) => join(folder, `pg_stat_statements.${end}`)),
  )
  return files.some(existsSync) ? { shared_preload_libraries: 'pg_stat_statements' } : {}
}

/** Asks over a real connection. */
async function versionAt(url: string): Promise<string | undefined> {
  const sql = openAdminClient(url, { connect_timeout: 5 })
  try {
    const [row] = await sql<{ server_version: string }[]>`show server_version`
    return versionIn(row?.server_version ?? '')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause
    throw new Error(`PostgreSQL does not answer: ${reason}`, { cause })
  } finally {
    await sql.end({ timeout: 1 })
  }
}
