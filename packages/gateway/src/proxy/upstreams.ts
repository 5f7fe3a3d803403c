import { withTimeout } from '@saucery/chassis/async/timeout'
import type { Service } from '@saucery/contracts/choreography'
import { Pool } from 'undici'
import type { GatewaySettings } from '../settings.ts'

/** The paths of each service: these and everything below them. */
export const prefixes = {
  order: ['/orders', '/operations/order'],
  payment: ['/payments', '/operations/payment'],
  delivery: ['/deliveries', '/operations/delivery'],
  dashboard: ['/orderDashboards', '/operations/dashboard'],
} as const satisfies Record<Service, readonly string[]>

export interface Upstream {
  readonly name: Service
  readonly pool: Pool
  readonly settings: GatewaySettings
  /** Requests whose answer has not begun. */
  waiting: number
}

/** Connection pools to the services. They connect on the first request, so services may start in any order. */
export function openUpstreams(settings: GatewaySettings) {
  const open = (name: Service, url: string): Upstream => ({
    name,
    // Without a limit on connections: open event streams would use it up, and queued requests have no time limit.
    pool: new Pool(url, {
      connectTimeout: settings.UPSTREAM_TIMEOUT_MS,
      headersTimeout: settings.UPSTREAM_TIMEOUT_MS,
      bodyTimeout: settings.UPSTREAM_IDLE_TIMEOUT_MS,
    }),
    settings,
    waiting: 0,
  })
  const all = [
    open('order', settings.ORDER_URL),
    open('payment', settings.PAYMENT_URL),
    open('delivery', settings.DELIVERY_URL),
    open('dashboard', settings.DASHBOARD_URL),
  ]
  return { all, close: () => Promise.all(all.map(({ pool }) => pool.destroy())) }
}

/** What a service's `/readyz` answers; a service that does not answer within `limitMs` is unreachable. */
export async function readinessOf({ pool }: Pick<Upstream, 'pool'>, limitMs = 1000) {
  // The signal alone is not enough: undici heeds it only once it is connected, and that may take ten times as long.
  const signal = AbortSignal.timeout(limitMs)
  const ask = async () => {
    const { statusCode, body } = await pool.request({ method: 'GET', path: '/readyz', signal })
    await body.dump()
    return statusCode === 200 ? 'ready' : 'unready'
  }
  return withTimeout(limitMs, ask()).catch(() => 'unreachable' as const)
}
