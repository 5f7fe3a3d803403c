import { pathToFileURL } from 'node:url'
import { signInEnv } from '@saucery/local/access/sign-in'
import { bundle } from '@saucery/local/system/bundle'
import { waitUntilReady } from '@saucery/local/system/ready'
import { serviceEnv } from '@saucery/local/system/service-env'
import { anyPorts, claimPorts, managementOf, type ServiceName } from '@saucery/local/system/service-ports'
import { startStores } from '@saucery/local/system/stores'
import { root } from '@saucery/servers/install/folders'
import { type Child, startChild } from '@saucery/servers/process/child'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { type Released, unpackLastRelease } from './last-release.ts'

export type Version = 'last' | 'this'

/** The stores, this version's gateway, and two replicas of each service, in the version that the test starts. */
export async function twoVersions(settings: NodeJS.ProcessEnv) {
  const dataDir = await tempFolder()
  const env = { ...process.env, LOG_LEVEL: 'warn', ...settings }
  const print = () => {}
  const stores = await startStores({ dataDir, ports: anyPorts, env, print })
  const [built, last] = await Promise.all([bundle(`${dataDir}/this`), unpackLastRelease(`${dataDir}/last`)])
  // The gateway asks the first replica of each.
  const ports = [await claimPorts(anyPorts), await claimPorts(anyPorts)] as const
  const running = new Map<string, Child>()
  const errors: string[] = []

  async function start(name: ServiceName, replica: 0 | 1, file: string): Promise<void> {
    const options = {
      dataDir,
      ports: ports[replica],
      stores,
      signIn: signInEnv(dataDir, env),
      bundle: built,
      env,
    }
    const child = startChild({
      file: process.execPath,
      args: ['--import', pathToFileURL(built.preload).href, file],
      cwd: root,
      env: serviceEnv(name, options),
      stopWithinMs: 12_000,
      output: (line) => void errors.push(...(/"level":[56]0/.test(line) ? [`${name}: ${line}`] : [])),
    })
    running.set(`${name}${replica}`, child)
    // The last release has no management port.
    const probed = ports[replica][file === last[name as Released] ? name : managementOf(name)]
    await waitUntilReady({ [name]: `http://127.0.0.1:${probed}` }, print)
  }

  return {
    stores,
    errors,
    gateway: `http://127.0.0.1:${ports[0].gateway}`,
    startGateway: () => start('gateway', 0, built.services.gateway),
    /** Stops the replica, if it runs, and starts it in this version. */
    async replace(name: Released, replica: 0 | 1, version: Version): Promise<void> {
      await running.get(`${name}${replica}`)?.stop()
      await start(name, replica, version === 'last' ? last[name] : built.services[name])
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running.values()].map((child) => child.kill()))
      await Promise.all(Object.values(stores.servers).map((server) => server.kill()))
      await removeTempFolder(dataDir)
    },
  }
}
