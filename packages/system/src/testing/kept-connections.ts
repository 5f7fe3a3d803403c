import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

const order = JSON.stringify({ branchId: 1, sauceId: 1, qty: 1, price: 10_000 })
const lists = ['/orders', '/payments', '/deliveries', '/orderDashboards', '/orderDashboards/statistics']

/**
 * Clients that each keep one connection, call again and again after pauses of every length, and never send a request
 * twice.
 */
export function openKeptConnections(url: string, clients: number, longestPauseMs = 1500) {
  const failures: string[] = []
  const accepted: string[] = []
  let answered = 0
  let isOver = false

  async function call(agent: Agent, path: string, body?: string): Promise<void> {
    const method = body === undefined ? 'GET' : 'POST'
    const headers = { 'content-type': 'application/json' }
    try {
      const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
        const asked = request(url + path, { method, agent, headers }, async (response) => {
          let text = ''
          for await (const chunk of response.setEncoding('utf8')) text += chunk
          resolve({ status: response.statusCode ?? 0, text })
        })
        asked.once('error', reject).end(body)
      })
      answered += 1
      if (status >= 300) failures.push(`${method} ${path}: ${status} ${text}`)
      else if (body !== undefined) accepted.push(JSON.parse(text).id)
    } catch (error) {
      failures.push(`${method} ${path}: ${error}`)
    }
  }

  async function run(client: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let i = client; !isOver; i++) {
      await (i % 2 === 0 ? call(agent, '/orders', order) : call(agent, lists[i % lists.length] as string))
      await delay(Math.random() * longestPauseMs)
    }
    agent.destroy()
  }

  const running = Array.from({ length: clients }, (_, client) => run(client))
  return {
    failures,
    accepted,
    answered: () => answered,
    /** Places so many orders at once. */
    async burst(orders: number): Promise<void> {
      const agent = new Agent({ keepAlive: true, maxSockets: 20 })
      await Promise.all(Array.from({ length: orders }, () => call(agent, '/orders', order)))
      agent.destroy()
    },
    async end(): Promise<void> {
      isOver = true
      await Promise.all(running)
    },
  }
}
