import { randomUUID } from 'node:crypto'
import type { RunningDrill } from '@saucery/chassis/drills/drill-store'
import type { Log } from '@saucery/chassis/telemetry/log'
import { runEvery } from '@saucery/messaging/async/periodic'
import { callService, ownTokens } from '../operations/call.ts'
import type { Upstream } from '../proxy/upstreams.ts'
import type { GatewaySettings } from '../settings.ts'
import { openGenerator, type Send } from './generator.ts'

const everyMs = 1000

interface RunnerOptions {
  readonly upstreams: readonly Upstream[]
  readonly settings: GatewaySettings
  readonly log: Log
}

/**
 * Sends the load that an operator has asked for, from one gateway at a time: the one that has the lease in the store of
 * the order service. When it is gone, another one goes on; when the load ends, or the store does not answer, it stops.
 */
export function runLoad({ upstreams, settings, log }: RunnerOptions): { stop(): Promise<void> } {
  const runner = randomUUID()
  const tokenFor = ownTokens(settings)
  const send: Send = async (service, method, path, body) => {
    const upstream = upstreams.find(({ name }) => name === service) as Upstream
    return callService(upstream, { method, path, body, callerToken: await tokenFor(service) })
  }
  const generator = openGenerator(send)

  async function renew(): Promise<void> {
    const lease = { runner, ...generator.take() }
    const path = '/operations/order/drills/load/lease'
    const { found } = await send('order', 'POST', path, lease).catch(() => ({ found: {} }))
    const { drill } = found as { drill?: RunningDrill }
    generator.set(drill?.request.kind === 'load' ? drill.request : undefined)
  }
  const renewing = runEvery('renewing the lease of the load', everyMs, renew, log)
  return {
    async stop() {
      generator.stop()
      await renewing.stop()
    },
  }
}
