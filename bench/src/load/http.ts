import { Agent, request } from 'node:http'
import type { System } from '@saucery/local/system/system'

export interface Client {
  /** Places an order; resolves with its id. */
  place(): Promise<string>
  /** The order's status on the dashboard; undefined while the dashboard has not heard of it. */
  status(orderId: string): Promise<string | undefined>
  close(): void
}

const order = JSON.stringify({ branchId: '1', sauceId: '1', qty: 10, price: 10_000 })

/** Not `fetch`: it costs several times as much, on the machine that is being measured. */
export function httpClient(urls: System['urls'], connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })

  function call(url: string, body?: string): Promise<{ status: number | undefined; text: string }> {
    const headers =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }
    return new Promise((resolve, reject) => {
      const sent = request(url, { method: body === undefined ? 'GET' : 'POST', agent, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        answer.on('end', () => resolve({ status: answer.statusCode, text }))
        answer.on('error', reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  return {
    async place() {
      const { status, text } = await call(`${urls.gateway}/orders`, order)
      if (status !== 201) throw new Error(`POST /orders was answered with ${status}: ${text}`)
      return JSON.parse(text).id
    },
    async status(orderId) {
      // Past the gateway: asking must cost as little as possible of what is measured.
      const { status, text } = await call(`${urls.dashboard}/orderDashboards/${orderId}`)
      if (status === 404) return undefined
      if (status !== 200) throw new Error(`the dashboard answered with ${status}: ${text}`)
      return JSON.parse(text).status
    },
    close: () => agent.destroy(),
  }
}
