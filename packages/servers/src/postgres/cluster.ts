import { existsSync } from 'node:fs'
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { StartOptions } from '../install/found.ts'
import { randomPassword } from '../install/secrets.ts'
import { commandOf, processesIn, sendSignal } from '../process/process-table.ts'
import { run, runOrFail } from '../process/run.ts'
import type { PostgresProgram } from './find-postgres.ts'

type Account = { uid: number; gid: number } | Record<string, never>

/** The user the server runs as. Postgres refuses to run as root, so root gives it an account without rights. */
export async function clusterAccount(dataDir: string, program: PostgresProgram): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  const account = (await accountOf('postgres')) ?? (await accountOf('nobody'))
  if (!account)
    throw new Error(
      'PostgreSQL does not run as root, and there is no user postgres or nobody. Set POSTGRES_URL.',
    )
  // A umask of 027 leaves what root has installed to root's group.
  const ofOurGroup = { uid: account.uid, gid: process.getgid?.() ?? account.gid }
  for (const able of [account, ofOurGroup]) if (!(await closedTo(able, dataDir, program))) return able
  throw new Error(
    `PostgreSQL does not run as root, and user ${account.uid}, who would run it, cannot use ` +
      `${await closedTo(account, dataDir, program)}. Work as an ordinary user, move the project out of the closed ` +
      'folder, clone and install it with umask 022, or set POSTGRES_URL.',
  )
}

/** What the account cannot enter or run. */
async function closedTo(
  account: Account,
  dataDir: string,
  { postgres }: PostgresProgram,
): Promise<string | undefined> {
  const may = async (what: string, path: string) =>
    (await run('/bin/sh', ['-c', what, 'sh', path], account)).code === 0
  if (!(await may('cd "$1"', dataDir))) return dataDir
  return (await may('cd "$(dirname "$1")" && test -x "$1"', postgres)) ? undefined : postgres
}

/** Creates the data directory at the first start. Returns the administrator's password. */
export async function initCluster(
  program: PostgresProgram,
  { dataDir, print }: StartOptions,
  data: string,
  account: Account,
): Promise<string> {
  const passwordFile = join(dataDir, 'password')
  if (existsSync(data))
    return readFile(passwordFile, 'utf8').catch((cause) => {
      throw new Error(`The data in ${data} has lost its ${passwordFile}. Delete ${dataDir} to begin anew.`, {
        cause,
      })
    })
  requireUserName()
  print?.(`Creating the data directory of PostgreSQL ${program.version} …`)
  // Filled under another name, so that an interrupted initdb is done again.
  const unfinished = `${data}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  await rm(passwordFile, { force: true })
  const password = randomPassword()
  await writeFile(passwordFile, password, { mode: 0o600 })
  if ('uid' in account)
    for (const path of [unfinished, passwordFile]) await chown(path, account.uid, account.gid)
  const flags = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const locale = ['--encoding=UTF8', '--locale=C']
  await runOrFail(program.initdb, ['-D', unfinished, ...flags, ...locale], { ...account, cwd: dataDir })
  await rename(unfinished, data)
  return password
}

/** initdb asks for the name of the user that it runs as. */
function requireUserName(): void {
  try {
    userInfo()
  } catch (cause) {
    throw new Error(
      `PostgreSQL does not run as user ${process.getuid?.()}, who has no name in /etc/passwd. Give it one, work as ` +
        'another user, or set POSTGRES_URL.',
      { cause },
    )
  }
}

/**
 * After a crash of the whole machine, the number in postmaster.pid may belong to an unrelated process, and Postgres
 * would wait for that one. When no process has the number, the file stays: Postgres finds orphaned children by it.
 */
export async function removeForeignPidFile(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  // The folder as it stands on the command line.
  const [pid, folder = data] = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  const command = pid ? await commandOf(Number(pid)) : ''
  if (command !== '' && !command.includes(folder)) await rm(file)
}

/**
 * Kills the backends that outlived their main process. A backend that computes does not notice that the main process
 * was killed, and keeps the shared memory: no start succeeds until it ends.
 * (start-postgres.int.test: "… although its orphans are busy")
 */
export async function endOrphans(data: string): Promise<void> {
  const processes = await processesIn(data)
  // While the main process runs, there are no orphans. It keeps its command line; backends rename themselves.
  if (processes.some(({ command }) => !command.startsWith('postgres: '))) return
  for (const { pid } of processes) sendSignal(pid, 'SIGKILL')
}

async function accountOf(user: string): Promise<{ uid: number; gid: number } | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])])
  return uid.code === 0 && gid.code === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined
}
