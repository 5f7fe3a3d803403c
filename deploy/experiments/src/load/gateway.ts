import { poll, waitFor } from '@saucery/bench/load/poll'
import { type Client, type Fetch, openClient } from '@saucery/client/client'
import { isTransient } from '@saucery/client/retry'
import type { Statistics } from '@saucery/client/schemas'
import { isFinal, type Status } from '@saucery/contracts/status'
import { kubectl } from '../cluster/kubectl.ts'
import { type Finding, promised, reported, tally } from '../report/finding.ts'

const script = `
const [url, init] = process.argv.slice(1)
const answer = await fetch(url, JSON.parse(init))
const { status, statusText, headers } = answer
const body = await answer.text()
process.stdout.write(JSON.stringify({ status, statusText, headers: [...headers], body }))`

/**
 * A `fetch` on the Node of a gateway's pod, so that neither a port-forward nor an image with curl is needed. Without a
 * token: it is for the local overlay, where sign-in is off.
 */
const podFetch: Fetch = async (url, { method, headers, body }) => {
  const init = JSON.stringify({ method, headers: [...new Headers(headers)], body })
  const node = ['node', '--input-type=module', '--eval', script, url, init]
  const answer = await kubectl(['exec', 'deployment/gateway', '--', ...node], { timeoutMs: 20_000 })
  const { body: text, ...rest } = JSON.parse(answer)
  return new Response(text, rest)
}

const client = openClient({ url: 'http://localhost:8080', fetch: podFetch, retry: {} })

/** What the gateway answers; asked again for a minute while none of its pods can answer. */
export const askGateway = <T>(read: (gateway: Client) => Promise<T>): Promise<T> => {
  const ask = () =>
    read(client).catch((error: unknown) => {
      if (!isTransient(error)) throw error
      return undefined
    })
  return waitFor('an answer of the gateway', ask, { withinMs: 60_000 })
}

/** The number of orders with each status. */
type ByStatus = Statistics['byStatus']

function countOf(byStatus: ByStatus, matches: (status: Status) => boolean = () => true): number {
  const counts = Object.entries(byStatus) as [Status, number][]
  return counts.reduce((sum, [status, count]) => sum + (matches(status) ? count : 0), 0)
}

/** Waits until all orders since then have ended or are DELIVERING, at most `withinMs`. */
export const ordersSettled = (since: Date, withinMs: number): Promise<ByStatus> =>
  statisticsOnce(since, withinMs, (byStatus) => {
    return countOf(byStatus, (status) => status !== 'DELIVERING' && !isFinal(status)) === 0
  })

async function statisticsOnce(from: Date, withinMs: number, matches: (byStatus: ByStatus) => boolean) {
  const query = { since: from.toISOString() }
  let byStatus!: ByStatus
  const check = async () => {
    const statistics = askGateway((gateway) => gateway.get('/orderDashboards/statistics', { query }))
    byStatus = (await statistics).byStatus
    return matches(byStatus)
  }
  await poll(check, { everyMs: 2000, withinMs })
  return byStatus
}

/** That the dashboard knows every order accepted since then, and that all have ended within ten minutes. */
export async function acceptedOrdersEnded(since: Date, accepted: number): Promise<Finding[]> {
  const byStatus = await statisticsOnce(since, 600_000, (byStatus) => {
    const ended = countOf(byStatus, isFinal)
    return ended >= accepted && ended === countOf(byStatus)
  })
  const missing = Math.max(0, accepted - countOf(byStatus))
  const open = countOf(byStatus, (status) => !isFinal(status))
  return [
    promised('accepted orders that the dashboard does not know', missing, missing === 0),
    promised('orders that have not ended', open, open === 0),
    reported('ended', tally(byStatus)),
  ]
}
