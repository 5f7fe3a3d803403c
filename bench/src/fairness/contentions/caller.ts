import { benchOrder } from '../../load/load.ts'
import type { Contention, LoadTarget } from '../contention.ts'

/** For gateways that trust one proxy: whoever calls tells its address, as the balancer before them would. */
export const oneProxy = { TRUSTED_PROXIES: '1' }

const addresses = { modest: '192.0.2.1', greedy: '198.51.100.1' }

/** A call by one of two clients with addresses of their own. @returns the status, once the whole answer is there */
export async function callAs(
  { url, fetch }: LoadTarget,
  who: keyof typeof addresses,
  path: string,
  { prefer, order, signal }: { prefer?: string; order?: object; signal?: AbortSignal } = {},
): Promise<number> {
  const headers = new Headers({ 'x-forwarded-for': addresses[who] })
  if (prefer !== undefined) headers.set('prefer', prefer)
  if (order !== undefined) headers.set('content-type', 'application/json')
  const method = order === undefined ? 'GET' : 'POST'
  const body = order === undefined ? {} : { body: JSON.stringify(order) }
  return (await fetch[who](url + path, { method, headers, ...body, ...(signal && { signal }) })).status
}

/** The modest client places ten orders a second, and waits for no payment. */
export const placesOrder: Contention['modest'] = {
  everyMs: 100,
  expected: [202],
  call: (target) => callAs(target, 'modest', '/orders', { prefer: 'respond-async', order: benchOrder }),
}
