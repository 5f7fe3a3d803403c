import { pathToFileURL } from 'node:url'
import { root } from '@saucery/servers/install/folders'
import type { Print } from '@saucery/servers/install/found'
import type { SignInSettings } from '../access/sign-in.ts'
import { startProcess } from '../supervisor/process.ts'
import { type Supervised, supervise } from '../supervisor/supervise.ts'
import type { Bundle } from './bundle.ts'
import { serviceEnv } from './service-env.ts'
import { type ServiceName, serviceNames } from './service-ports.ts'
import type { Stores } from './stores.ts'

export type OnLine = (service: ServiceName, line: string) => void

export interface ServicesOptions {
  readonly ports: Readonly<Record<ServiceName, number>>
  readonly stores: Stores
  readonly bundle: Bundle
  readonly signIn: SignInSettings
  readonly env: NodeJS.ProcessEnv
  readonly print: Print
  readonly onLine: OnLine
}

/** The services' own default for SHUTDOWN_GRACE_MS. */
const GRACE_MS = 10_000
/** What a service needs to exit when its grace is over. */
const EXIT_MS = 2_000

/** Starts all services at once, each supervised. */
export function startServices(options: ServicesOptions): Record<ServiceName, Supervised> {
  const { bundle, env, print } = options
  const stopWithinMs = Number(env.SHUTDOWN_GRACE_MS || GRACE_MS) + EXIT_MS
  const start = (name: ServiceName) =>
    supervise(
      name,
      async () =>
        startProcess({
          file: process.execPath,
          args: [
            '--enable-source-maps',
            '--import',
            pathToFileURL(bundle.preload).href,
            bundle.services[name],
          ],
          cwd: root,
          env: serviceEnv(name, options),
          stopWithinMs,
          onLine: (line) => options.onLine(name, line),
        }),
      { print },
    )
  return Object.fromEntries(serviceNames.map((name) => [name, start(name)])) as Record<
    ServiceName,
    Supervised
  >
}
