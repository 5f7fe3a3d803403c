import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type FindOptions, type Found, find, fromPath, type StartOptions } from '../install/found.ts'
import { installWheels } from '../install/wheels.ts'
import { isAtLeast } from '../process/programs.ts'
import { downloadMongod } from './download.ts'

export type MongodbProgram = { file: string } | { python: string; packages: string }

const OLDEST = '6'
const SECANTUS = '0.7.0b3'

/**
 * MongoDB: MONGODB_URL, else mongod on the PATH, else a downloaded mongod, else SecantusDB.
 * A data folder that one of the two has written stays with it. The other cannot read its files and would begin with an
 * empty read model, which is not filled again: the consumers have already acknowledged the events.
 */
export const findMongodb = (options: Partial<StartOptions> = {}): Promise<Found<MongodbProgram>> =>
  find('MONGODB_URL', 'MongoDB', options, async (settings) => {
    const { env, dataDir, tools, print } = settings
    if (dataDir && existsSync(secantusFolder(dataDir)))
      return installedSecantus(settings, `the data in ${dataDir} is SecantusDB's`)
    const onThePath = await fromPath('mongod', 'MongoDB', env, (version) => isAtLeast(version, OLDEST))
    if (onThePath) return onThePath
    const why = `no mongod of ${OLDEST} or later on the PATH`
    const mongod = await downloadMongod(tools, print)
    if ('failed' in mongod) {
      const without = `${why}, and ${mongod.failed}`
      if (dataDir && existsSync(mongodFolder(dataDir)))
        throw new Error(
          `The data in ${dataDir} is mongod's, and there is no mongod any more: ${without}. Install it, or set ` +
            'MONGODB_URL, or give this start a folder of its own: SAUCERY_DATA=<folder>',
        )
      return installedSecantus(settings, `no mongod ${OLDEST} or later here, and its download failed`)
    }
    return { kind: 'embedded', what: `MongoDB ${mongod.version}`, why, program: { file: mongod.file } }
  })

export const mongodFolder = (dataDir: string) => join(dataDir, 'mongod')
export const secantusFolder = (dataDir: string) => join(dataDir, 'secantus')

async function installedSecantus(
  settings: Required<FindOptions>,
  why: string,
): Promise<Found<MongodbProgram>> {
  const what = `SecantusDB ${SECANTUS}`
  const program = await installWheels({ name: `secantusdb-${SECANTUS}`, what }, settings)
  if (program) return { kind: 'embedded', what, why, program }
  throw new Error(
    `There is no MongoDB to start (${why}), and SecantusDB in its place needs Python 3.10 or later with pip. ` +
      'Install mongod 6 or later, or set MONGODB_URL.',
  )
}
