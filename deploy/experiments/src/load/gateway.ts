import { poll, waitFor } from '@saucery/bench/load/poll'
import { isFinal, type Status } from '@saucery/contracts/status'
import { kubectl } from '../cluster/kubectl.ts'
import { type Finding, promised, reported, tally } from '../report/finding.ts'

// Runs on the gateway's own Node, so that neither a port-forward nor an image with curl is needed.
const script = `
const [path] = process.argv.slice(1)
const { TOKEN } = process.env
fetch('http://localhost:8080' + path, { headers: TOKEN ? { authorization: 'Bearer ' + TOKEN } : {} })
  .then(async (answer) => {
    process.stdout.write(await answer.text())
    process.exitCode = answer.ok ? 0 : 1
  })`

/** The JSON that the gateway answers to a GET, sent from its own pod; repeated while no gateway pod can answer. */
export async function readJson<T>(path: string): Promise<T> {
  const args = ['exec', 'deployment/gateway', '--', 'node', '--eval', script, path]
  const read = () => kubectl(args, { timeoutMs: 20_000 }).catch(() => undefined)
  return JSON.parse(await waitFor(`an answer to GET ${path}`, read, { withinMs: 60_000 })) as T
}

/** The number of orders with each status. */
type ByStatus = Readonly<Partial<Record<Status, number>>>

const countOf = (byStatus: ByStatus, matches: (status: Status) => boolean = () => true): number =>
  (Object.entries(byStatus) as [Status, number][]).reduce(
    (sum, [status, count]) => sum + (matches(status) ? count : 0),
    0,
  )

/** Waits until this many orders were placed since then and all have ended, at most `withinMs`. */
export const ordersEnded = (since: Date, orders: number, withinMs: number): Promise<ByStatus> =>
  statisticsOnce(since, withinMs, (byStatus) => {
    const ended = countOf(byStatus, isFinal)
    return ended >= orders && ended === countOf(byStatus)
  })

/** Waits until all orders since then have ended or are DELIVERING, at most `withinMs`. */
export const ordersSettled = (since: Date, withinMs: number): Promise<ByStatus> =>
  statisticsOnce(
    since,
    withinMs,
    (byStatus) => countOf(byStatus, (status) => status !== 'DELIVERING' && !isFinal(status)) === 0,
  )

async function statisticsOnce(since: Date, withinMs: number, matches: (byStatus: ByStatus) => boolean) {
  const path = `/orderDashboards/statistics?since=${since.toISOString()}`
  let byStatus: ByStatus = {}
  const check = async () => {
    byStatus = (await readJson<{ byStatus: ByStatus }>(path)).byStatus
    return matches(byStatus)
  }
  await poll(check, { everyMs: 2000, withinMs })
  return byStatus
}

/** That the dashboard knows every accepted order, and that all have ended. */
export function acceptedOrdersEnded(accepted: number, byStatus: ByStatus): Finding[] {
  const missing = Math.max(0, accepted - countOf(byStatus))
  const open = countOf(byStatus, (status) => !isFinal(status))
  return [
    promised('accepted orders that the dashboard does not know', missing, missing === 0),
    promised('orders that have not ended', open, open === 0),
    reported('ended', tally(byStatus)),
  ]
}
