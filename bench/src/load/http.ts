import { Agent, request } from 'node:http'
import type { System } from '@saucery/local/system/system'

type Urls = Pick<System['urls'], 'gateway' | 'order' | 'dashboard'>

export interface LoadClient {
  /** Posts an order and returns any answer; `prefer` is the `Prefer` header. */
  post(prefer?: string): Promise<HttpAnswer>
  /** Places an order; returns its id. */
  place(): Promise<string>
  /** The order's status on the dashboard; undefined while the dashboard does not know the order. */
  status(orderId: string): Promise<string | undefined>
  /** The state of the order service's circuit breaker: `closed`, `open` or `half-open`. */
  breakerState(): Promise<string>
  close(): void
}

interface HttpAnswer {
  readonly http: number
  readonly text: string
}

const order = JSON.stringify({ branchId: '1', sauceId: '1', qty: 10, price: 10_000 })

/** Not `fetch`: it costs several times as much CPU, on the machine that is being measured. */
export function httpClient(urls: Urls, connections: number): LoadClient {
  // Closes an idle connection before the gateway does.
  const agent = new Agent({ keepAlive: true, maxSockets: connections, timeout: 3000 })

  function send(method: string, url: string, headers = {}, body?: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, agent, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        answer.on('end', () => resolve({ http: answer.statusCode ?? 0, text }))
        answer.on('error', reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  const post = (prefer?: string) => {
    const headers = { 'content-type': 'application/json', 'content-length': order.length }
    return send('POST', `${urls.gateway}/orders`, prefer ? { ...headers, prefer } : headers, order)
  }

  return {
    post,
    async place() {
      const { http, text } = await post()
      if (http !== 201) throw new Error(`POST /orders was answered with ${http}: ${text}`)
      return JSON.parse(text).id
    },
    async status(orderId) {
      // Not through the gateway: reading must cost as little as possible of what is measured.
      const { http, text } = await send('GET', `${urls.dashboard}/orderDashboards/${orderId}`)
      if (http === 404) return undefined
      if (http !== 200) throw new Error(`the dashboard answered with ${http}: ${text}`)
      return JSON.parse(text).status
    },
    async breakerState() {
      return JSON.parse((await send('GET', `${urls.order}/readyz`)).text).details.paymentBreaker
    },
    close: () => agent.destroy(),
  }
}
