import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type FindOptions, type Found, fromEnvironment, withDefaults } from '../install/found.ts'
import { findPython } from '../install/python.ts'
import { installWheels, pinnedRequirements } from '../install/wheels.ts'
import { isAtLeast, onPath, versionOf } from '../process/programs.ts'
import { downloadMongod } from './download.ts'

export type MongodbProgram =
  | { engine: 'mongod'; file: string }
  | { engine: 'secantus'; python: string; packages: string }

const OLDEST = '6'
const SECANTUS = '0.7.0b3'

/**
 * MongoDB: MONGODB_URL, else mongod on the PATH, else a downloaded mongod, else SecantusDB.
 * A data folder that SecantusDB has written stays with SecantusDB. mongod cannot read its files and would begin
 * with an empty read model, which is not filled again: the consumers have already acknowledged the events.
 */
export async function findMongodb(
  options: FindOptions & { dataDir?: string } = {},
): Promise<Found<MongodbProgram>> {
  const { env, dataDir, ...others } = withDefaults(options)
  return (
    fromEnvironment('MONGODB_URL', 'MongoDB', env) ??
    (await secantusOfData({ env, ...others }, dataDir)) ??
    (await mongodOnPath(env)) ??
    (await installedMongodb({ env, ...others }))
  )
}

async function secantusOfData(options: Required<FindOptions>, dataDir: string | undefined) {
  if (!dataDir || !existsSync(join(dataDir, 'secantus'))) return undefined
  return installedSecantus(options, `the data in ${dataDir} is SecantusDB's`)
}

async function mongodOnPath(env: NodeJS.ProcessEnv): Promise<Found<MongodbProgram> | undefined> {
  for (const file of onPath('mongod', env)) {
    const version = await versionOf(file, '--version')
    if (version === undefined || !isAtLeast(version, OLDEST)) continue
    const program = { engine: 'mongod', file } as const
    return { kind: 'path', what: `MongoDB ${version}`, why: `found at ${file}`, program }
  }
  return undefined
}

async function installedMongodb(options: Required<FindOptions>): Promise<Found<MongodbProgram>> {
  const why = `no mongod of ${OLDEST} or later on the PATH`
  const mongod = await downloadMongod(options.tools, options.print)
  if ('failed' in mongod) return installedSecantus(options, `${why}, and ${mongod.failed}`)
  const program = { engine: 'mongod', file: mongod.file } as const
  return { kind: 'embedded', what: `MongoDB ${mongod.version}`, why, program }
}

async function installedSecantus(
  { tools, print, env }: Required<FindOptions>,
  why: string,
): Promise<Found<MongodbProgram>> {
  const requirements = pinnedRequirements(`secantusdb-${SECANTUS}`)
  const python = await findPython(env)
  if (!requirements || !python) {
    throw new Error(
      `There is no MongoDB to start (${why}), and SecantusDB in its place needs Python 3.10 or later with pip. ` +
        'Install mongod 6 or later, or set MONGODB_URL.',
    )
  }
  const folder = join(tools, `secantusdb-${SECANTUS}-${python.tag}`)
  if (!existsSync(folder)) print(`Downloading SecantusDB ${SECANTUS} from PyPI …`)
  const packages = await installWheels(python, requirements, folder)
  const program = { engine: 'secantus', python: python.file, packages } as const
  return { kind: 'embedded', what: `SecantusDB ${SECANTUS}`, why, program }
}
