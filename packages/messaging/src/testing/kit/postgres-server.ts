import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { givenServer, inKitFolder, type KitServer, programOnPath, startKitProgram } from './server-process.ts'

const run = promisify(execFile)

type Account = { uid: number; gid: number } | Record<string, never>

/**
 * An empty Postgres database on a free port of 127.0.0.1: `await using postgres = await postgresServer()`. It is a new
 * database on the server that TEST_POSTGRES_URL names, else on a server of its own, whose programs `initdb` and
 * `postgres` are on the PATH or where `pg_config` says. The url is the administrator's.
 */
export async function postgresServer({ env = process.env as NodeJS.ProcessEnv } = {}): Promise<KitServer> {
  const given = env.TEST_POSTGRES_URL
  if (given) return databaseOn(given)
  const programs = await findPrograms(env)
  return inKitFolder(async (folder) => {
    const account = await accountForPostgres()
    const [data, password] = [join(folder, 'data'), randomBytes(18).toString('base64url')]
    await makeCluster(programs, folder, data, password, account)
    const start = (port: number) =>
      startKitProgram(
        { file: join(programs, 'postgres'), args: argumentsFor(data, port), ...account },
        /database system is ready to accept connections/,
      )
    const { port, child } = await onFreePort(start)
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    return { url, child, start: () => start(port) }
  })
}

/** A new database, which is dropped in the end. */
async function databaseOn(url: string): Promise<KitServer> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await administer(url, `create database ${name}`)
  const own = new URL(url)
  own.pathname = name
  return givenServer(own.href, 'TEST_POSTGRES_URL', () =>
    administer(url, `drop database ${name} with (force)`),
  )
}

async function administer(url: string, statement: string): Promise<void> {
  // Only here, so that a pure test loads no client.
  const { openDatabase } = await import('../../postgres/database.ts')
  const { db, close } = openDatabase(url, 'test-kit', { connections: 1 })
  await db.execute(statement).finally(close)
}

/** @returns the folder of `initdb` and `postgres`. Debian puts only the clients on the PATH. */
async function findPrograms(env: NodeJS.ProcessEnv): Promise<string> {
  const direct = programOnPath('postgres', env.PATH)
  const config = programOnPath('pg_config', env.PATH)
  const folders = [
    direct && dirname(direct),
    config &&
      (await run(config, ['--bindir']).then(
        ({ stdout }) => stdout.trim(),
        () => undefined,
      )),
  ]
  const found = folders.find(
    (folder) => folder && ['initdb', 'postgres'].every((name) => programOnPath(name, folder)),
  )
  if (found) return found
  throw new Error(
    'There is no postgres with its initdb on the PATH. Install the server of PostgreSQL 15 or later, or set ' +
      'TEST_POSTGRES_URL to that of an administrator.',
  )
}

/** Postgres refuses to run as root, so root gives it an account without rights. */
async function accountForPostgres(): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  for (const user of ['postgres', 'nobody'])
    try {
      const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, user])))
      return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
    } catch {
      // There is no such user.
    }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user postgres or nobody. Set TEST_POSTGRES_URL.',
  )
}

async function makeCluster(
  programs: string,
  folder: string,
  data: string,
  password: string,
  account: Account,
): Promise<void> {
  const passwordFile = join(folder, 'password')
  await mkdir(data, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if ('uid' in account) for (const path of [data, passwordFile]) await chown(path, account.uid, account.gid)
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const rest = ['--encoding=UTF8', '--locale=C', '--no-sync']
  await run(join(programs, 'initdb'), ['-D', data, ...access, ...rest], { ...account, cwd: folder })
}

/** A killed server keeps what the system has; only a power failure would need `fsync`, and these data end before. */
const argumentsFor = (data: string, port: number): string[] => {
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', port }
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** Another program may take the port before Postgres does: then another one. */
async function onFreePort<Started extends object>(start: (port: number) => Promise<Started>, tries = 5) {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  try {
    return { port, ...(await start(port)) }
  } catch (error) {
    if (tries === 1 || !/address already in use/i.test(String(error))) throw error
    return onFreePort(start, tries - 1)
  }
}
