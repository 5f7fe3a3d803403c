import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Choice, fromEnvironment, type Where } from '../install/choice.ts'
import { findPython } from '../install/python.ts'
import { installWheels, pinned } from '../install/wheels.ts'
import { isAtLeast, onPath, versionOf } from '../process/programs.ts'
import { downloadMongod } from './download.ts'

export type MongodbProgram =
  | { engine: 'mongod'; file: string }
  | { engine: 'secantus'; python: string; packages: string }

const LEAST = '6'
const SECANTUS = '0.7.0b3'

/**
 * Chooses MongoDB: MONGODB_URL, else mongod on the PATH, else a downloaded mongod, else SecantusDB.
 * A data folder in which SecantusDB has already written stays with it: the two cannot read each other's files,
 * and a read model that suddenly is empty is not filled again, because its events count as handled.
 */
export async function findMongodb(where: Where & { dataDir?: string }): Promise<Choice<MongodbProgram>> {
  const { tools, say, dataDir, env = process.env } = where
  const given = fromEnvironment('MONGODB_URL', 'MongoDB', env)
  if (given) return given
  if (dataDir && existsSync(join(dataDir, 'secantus'))) {
    return secantus({ tools, say, env }, `the data in ${dataDir} is SecantusDB's`)
  }
  for (const file of onPath('mongod', env)) {
    const version = await versionOf(file, '--version')
    if (version === undefined || !isAtLeast(version, LEAST)) continue
    const program = { engine: 'mongod', file } as const
    return { kind: 'path', what: `MongoDB ${version}`, why: `found at ${file}`, program }
  }
  const nowhere = `no mongod of ${LEAST} or later on the PATH`
  const mongod = await downloadMongod(tools, say)
  if ('failed' in mongod) return secantus({ tools, say, env }, `${nowhere}, and ${mongod.failed}`)
  const program = { engine: 'mongod', file: mongod.file } as const
  return { kind: 'embedded', what: `MongoDB ${mongod.version}`, why: nowhere, program }
}

async function secantus({ tools, say, env }: Required<Where>, why: string): Promise<Choice<MongodbProgram>> {
  const requirements = pinned(`secantusdb-${SECANTUS}`)
  const python = await findPython(env)
  if (!requirements || !python) {
    throw new Error(
      `There is no MongoDB to start (${why}), and SecantusDB in its place needs Python 3.10 or later with pip. ` +
        'Install mongod 6 or later, or set MONGODB_URL.',
    )
  }
  const folder = join(tools, `secantusdb-${SECANTUS}-${python.tag}`)
  if (!existsSync(folder)) say(`Downloading SecantusDB ${SECANTUS} from PyPI …`)
  const packages = await installWheels(python, requirements, folder)
  const program = { engine: 'secantus', python: python.file, packages } as const
  return { kind: 'embedded', what: `SecantusDB ${SECANTUS}`, why, program }
}
