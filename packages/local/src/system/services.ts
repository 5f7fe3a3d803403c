import { pathToFileURL } from 'node:url'
import { root } from '@saucery/servers/install/folders'
import { type Print, startChild } from '@saucery/servers/process/child'
import { type Supervised, supervise } from '@saucery/servers/process/supervise'
import type { Bundle } from './bundle.ts'
import { type EnvOptions, serviceEnv } from './service-env.ts'
import { perService, type ServiceName } from './service-ports.ts'

export type OnLine = (service: ServiceName, line: string) => void

interface ServicesOptions extends EnvOptions {
  readonly bundle: Bundle
  readonly print: Print
  readonly onLine: OnLine
}

/** The services' own default for SHUTDOWN_GRACE_MS. */
const GRACE_MS = 10_000
/** The time that a service needs to exit when its grace is over. */
const EXIT_MS = 2_000

/** Starts all services at once. */
export const startServices = (options: ServicesOptions): Record<ServiceName, Supervised> =>
  perService((name) => startService(name, options))

/** Starts a service, supervised. */
export function startService(name: ServiceName, options: ServicesOptions): Supervised {
  const { bundle, env, print, onLine } = options
  const stopWithinMs = Number(env.SHUTDOWN_GRACE_MS || GRACE_MS) + EXIT_MS
  const flags = ['--enable-source-maps', '--import', pathToFileURL(bundle.preload).href]
  const start = async () =>
    startChild({
      file: process.execPath,
      args: [...flags, bundle.services[name]],
      cwd: root,
      env: serviceEnv(name, options),
      stopWithinMs,
      output: (line) => onLine(name, line),
    })
  return supervise(name, start, { print })
}
