import { openAdmission } from '@saucery/chassis/http/admission'
import { openWaitPlaces } from '@saucery/chassis/http/wait-places'
import type { Service } from '@saucery/contracts/choreography'
import { certificatesIn } from '@saucery/messaging/tls/certificate-files'
import { buildConnector, Pool } from 'undici'
import type { GatewaySettings } from '../settings.ts'

/** The paths of each service: these and everything below them. */
export const prefixes = {
  order: ['/orders', '/operations/order'],
  payment: ['/payments', '/operations/payment'],
  delivery: ['/deliveries', '/operations/delivery'],
  dashboard: ['/orderDashboards', '/operations/dashboard'],
} as const satisfies Record<Service, readonly string[]>

/** An eighth of what a client is to wait at most: the rest is for the queue and the slower ones. */
const targetMs = 250

function openUpstream(name: Service, url: string, settings: GatewaySettings) {
  const { UPSTREAM_TIMEOUT_MS: headersTimeout, UPSTREAM_IDLE_TIMEOUT_MS: bodyTimeout } = settings
  // Without a limit on connections: open event streams would use it up, and queued requests have no time limit.
  const connect = connector(headersTimeout, settings.UPSTREAM_CA_FILE)
  const pool = new Pool(url, { connect, headersTimeout, bodyTimeout })
  const waits = openWaitPlaces(settings.WAITING_REQUESTS)
  const work = openAdmission({ first: 100, max: settings.UPSTREAM_CONNECTIONS, targetMs })
  return { name, pool, settings, waits, work, refusals: 0, refusalsLoggedAt: Number.NEGATIVE_INFINITY }
}

/** Trusts the authorities in the file, as it is when a connection is made. */
function connector(timeout: number, ca: string | undefined): buildConnector.connector {
  if (ca === undefined) return buildConnector({ timeout })
  const authorities = certificatesIn({ ca })
  return (options, callback) =>
    buildConnector({ timeout, secureContext: authorities().secureContext })(options, callback)
}

export type Upstream = ReturnType<typeof openUpstream>

/** Connection pools to the services. They connect on the first request, so services may start in any order. */
export function openUpstreams(settings: GatewaySettings) {
  const all = [
    openUpstream('order', settings.ORDER_URL, settings),
    openUpstream('payment', settings.PAYMENT_URL, settings),
    openUpstream('delivery', settings.DELIVERY_URL, settings),
    openUpstream('dashboard', settings.DASHBOARD_URL, settings),
  ]
  return { all, close: () => Promise.all(all.map(({ pool }) => pool.destroy())) }
}
