import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type FindOptions,
  type Found,
  fromEnvironment,
  fromPath,
  printed,
  type StartOptions,
  withDefaults,
} from '../install/found.ts'
import { findPython } from '../install/python.ts'
import { installWheels, pinnedRequirements } from '../install/wheels.ts'
import { isAtLeast } from '../process/programs.ts'
import { downloadMongod } from './download.ts'

export type MongodbProgram = { file: string } | { python: string; packages: string }

const OLDEST = '6'
const SECANTUS = '0.7.0b3'

/**
 * MongoDB: MONGODB_URL, else mongod on the PATH, else a downloaded mongod, else SecantusDB.
 * A data folder that SecantusDB has written stays with SecantusDB. mongod cannot read its files and would begin
 * with an empty read model, which is not filled again: the consumers have already acknowledged the events.
 */
export async function findMongodb(options: Partial<StartOptions> = {}): Promise<Found<MongodbProgram>> {
  const settings = withDefaults(options)
  const { env, dataDir } = settings
  const found =
    fromEnvironment('MONGODB_URL', 'MongoDB', env) ??
    (dataDir && existsSync(secantusFolder(dataDir))
      ? await installedSecantus(settings, `the data in ${dataDir} is SecantusDB's`)
      : undefined) ??
    (await fromPath('mongod', 'MongoDB', env, (version) => isAtLeast(version, OLDEST))) ??
    (await installedMongodb(settings))
  return printed(found, settings)
}

export const secantusFolder = (dataDir: string) => join(dataDir, 'secantus')

async function installedMongodb(settings: Required<FindOptions>): Promise<Found<MongodbProgram>> {
  const why = `no mongod of ${OLDEST} or later on the PATH`
  const mongod = await downloadMongod(settings.tools, settings.print)
  if ('failed' in mongod) return installedSecantus(settings, `${why}, and ${mongod.failed}`)
  return { kind: 'embedded', what: `MongoDB ${mongod.version}`, why, program: { file: mongod.file } }
}

async function installedSecantus(
  settings: Required<FindOptions>,
  why: string,
): Promise<Found<MongodbProgram>> {
  const requirements = pinnedRequirements(`secantusdb-${SECANTUS}`)
  const python = requirements && (await findPython(settings.env))
  if (!python)
    throw new Error(
      `There is no MongoDB to start (${why}), and SecantusDB in its place needs Python 3.10 or later with pip. ` +
        'Install mongod 6 or later, or set MONGODB_URL.',
    )
  const what = `SecantusDB ${SECANTUS}`
  const folder = `secantusdb-${SECANTUS}-${python.tag}`
  const packages = await installWheels(python, requirements, folder, what, settings)
  return { kind: 'embedded', what, why, program: { python: python.file, packages } }
}
