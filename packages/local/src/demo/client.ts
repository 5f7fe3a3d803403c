import type { Status } from '@saucery/contracts/status'

/** One event of an order's story, as the dashboard tells it. */
export interface Entry {
  readonly id: string
  readonly event: string
  /** The id of the event or request that led to it. */
  readonly cause: string
  readonly time: string
  readonly stream: string
}

export interface View {
  readonly orderId: string
  readonly status: Status
  readonly timeline: readonly Entry[]
}

export interface OrderRequest {
  readonly branchId: string
  readonly sauceId: string
  readonly qty: number
  readonly price: number
}

/** The system as a branch, a customer and a courier use it, through the gateway. */
export interface Client {
  /** @returns the order's id */
  place(order: OrderRequest): Promise<string>
  cancel(orderId: string): Promise<void>
  complete(orderId: string): Promise<void>
  fail(orderId: string): Promise<void>
  /** Undefined as long as the dashboard has heard nothing of it. */
  find(orderId: string): Promise<View | undefined>
  /** Whether every service behind the gateway can do its work; else which cannot. */
  unready(): Promise<string[]>
}

/** Nothing answers there. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** @param token needed where sign-in is on: an operator's, for the demo takes every role */
export function demoClient(url: string, token?: string): Client {
  async function ask(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    const init = { method, headers, signal: AbortSignal.timeout(10_000) }
    try {
      return await fetch(
        new URL(path, url),
        body === undefined ? init : { ...init, body: JSON.stringify(body) },
      )
    } catch (cause) {
      throw new Unreachable(`Nothing answers at ${url}`, { cause })
    }
  }

  async function post(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await ask('POST', path, body)
    if (!response.ok) {
      const { title } = (await response.json().catch(() => ({}))) as { title?: string }
      throw new Error(`POST ${path} was answered with ${response.status}${title ? `: ${title}` : ''}`)
    }
    return (await response.json()) as Record<string, unknown>
  }

  return {
    place: async (order) => String((await post('/orders', order)).id),
    cancel: async (id) => void (await post(`/orders/${id}/cancel`)),
    complete: async (id) => void (await post(`/deliveries/${id}/complete`)),
    fail: async (id) => void (await post(`/deliveries/${id}/fail`)),
    async find(id) {
      const response = await ask('GET', `/orderDashboards/${id}`)
      return response.ok ? ((await response.json()) as View) : undefined
    },
    async unready() {
      const response = await ask('GET', '/readyz')
      const { upstreams = {} } = (await response.json().catch(() => ({}))) as {
        upstreams?: Record<string, string>
      }
      if (!response.ok) return ['gateway']
      return Object.entries(upstreams).flatMap(([name, state]) => (state === 'ready' ? [] : [name]))
    },
  }
}
