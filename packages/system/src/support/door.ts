import { setTimeout as delay } from 'node:timers/promises'

/** Requests through the gateway, as a client makes them that expects no answer. */
export interface Door {
  /** @returns the order's id; undefined when no answer came: then it may exist or not */
  place(price: number): Promise<string | undefined>
  /** Asks again until it is answered; gives up when that takes too long, for the rows to tell why. */
  insist(path: string): Promise<number | undefined>
  get(path: string): Promise<unknown>
  /** Asks again until it is there; gives up as `insist` does. */
  known(path: string): Promise<void>
}

const timeoutMs = 10_000
const insistForMs = 60_000

export function door(url: string): Door {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(timeoutMs) })

  async function get(path: string): Promise<unknown> {
    const answer = await ask(path)
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`)
    return answer.json()
  }

  async function post(path: string): Promise<number | undefined> {
    try {
      const answer = await ask(path, { method: 'POST' })
      await answer.body?.cancel()
      return answer.status
    } catch {
      return undefined
    }
  }

  return {
    async place(price) {
      const body = JSON.stringify({ branchId: 1, sauceId: 1, qty: 1, price })
      const headers = { 'content-type': 'application/json' }
      try {
        const answer = await ask('/orders', { method: 'POST', headers, body })
        const order = (await answer.json()) as { id?: string }
        return answer.status === 201 ? order.id : undefined
      } catch {
        return undefined
      }
    },
    async insist(path) {
      for (const deadline = Date.now() + insistForMs; Date.now() < deadline; ) {
        const status = await post(path)
        // 404: what it is about is still on its way.
        if (status !== undefined && status < 500 && status !== 404) return status
        await delay(300)
      }
      return undefined
    },
    get,
    async known(path) {
      for (const deadline = Date.now() + insistForMs; Date.now() < deadline; await delay(300))
        if (await get(path).catch(() => undefined)) return
    },
  }
}
