import { Pool } from 'undici'
import type { GatewaySettings } from '../settings.ts'

/** Each service, and the paths under which all of it is. */
export const prefixes = {
  order: ['/orders', '/operations/order'],
  payment: ['/payments', '/operations/payment'],
  delivery: ['/deliveries', '/operations/delivery'],
  dashboard: ['/orderDashboards', '/operations/dashboard'],
} as const

export type ServiceName = keyof typeof prefixes

export interface Upstream {
  readonly name: ServiceName
  readonly pool: Pool
  readonly timeoutMs: number
  /** How long the client of an answer may read nothing. */
  readonly readerTimeoutMs: number
  readonly maxWaiting: number
  /** Requests whose answer has not begun. */
  waiting: number
}

export interface Upstreams {
  readonly all: readonly Upstream[]
  close(): Promise<void>
}

/** Connection pools to the services. Nothing is connected yet, so that they may come up in any order. */
export function openUpstreams(settings: GatewaySettings): Upstreams {
  const open = (name: ServiceName, url: string): Upstream => ({
    name,
    // No limit on connections: open event streams would use it up, and queued requests have no time limit.
    pool: new Pool(url, {
      connectTimeout: settings.UPSTREAM_TIMEOUT_MS,
      headersTimeout: settings.UPSTREAM_TIMEOUT_MS,
      bodyTimeout: settings.UPSTREAM_IDLE_TIMEOUT_MS,
    }),
    timeoutMs: settings.UPSTREAM_TIMEOUT_MS,
    readerTimeoutMs: settings.CLIENT_IDLE_TIMEOUT_MS,
    maxWaiting: settings.UPSTREAM_CONNECTIONS,
    waiting: 0,
  })
  const all = [
    open('order', settings.ORDER_URL),
    open('payment', settings.PAYMENT_URL),
    open('delivery', settings.DELIVERY_URL),
    open('dashboard', settings.DASHBOARD_URL),
  ]
  return {
    all,
    async close() {
      await Promise.all(all.map(({ pool }) => pool.destroy()))
    },
  }
}

export type UpstreamState = 'ready' | 'unready' | 'unreachable'

/** What the service says of itself now; who is not heard within the limit is unreachable. */
export async function readinessOf({ pool }: Pick<Upstream, 'pool'>, limitMs = 1000): Promise<UpstreamState> {
  const limit = new AbortController()
  // undici hears of a signal only once it is connected, and that may take ten times as long.
  const late = new Promise<'unreachable'>((resolve) => {
    limit.signal.addEventListener('abort', () => resolve('unreachable'), { once: true })
  })
  const timer = setTimeout(() => limit.abort(), limitMs)
  try {
    return await Promise.race([asked(pool, limit.signal), late])
  } finally {
    clearTimeout(timer)
  }
}

async function asked(pool: Pool, signal: AbortSignal): Promise<UpstreamState> {
  try {
    const { statusCode, body } = await pool.request({ method: 'GET', path: '/readyz', signal })
    await body.dump()
    return statusCode === 200 ? 'ready' : 'unready'
  } catch {
    return 'unreachable'
  }
}
