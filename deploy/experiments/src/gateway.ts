import { setTimeout as sleep } from 'node:timers/promises'
import { isFinal, type Status } from '@saucery/contracts/status'
import { kubectl } from './kubectl.ts'
import { until } from './until.ts'

// By the gateway's own Node, so that neither a port-forward nor an image with curl is needed.
const script = `
const [service, path] = process.argv.slice(1)
const { TOKEN } = process.env
fetch('http://' + service + ':8080' + path, { headers: TOKEN ? { authorization: 'Bearer ' + TOKEN } : {} })
  .then(async (answer) => {
    process.stdout.write(await answer.text())
    process.exitCode = answer.ok ? 0 : 1
  })`

/** The answer to a GET from inside the cluster; asked again while a pod of the gateway is on its way. */
export const ask = <T>(path: string, service = 'localhost'): Promise<T> =>
  until(
    `an answer to GET ${path}`,
    async () => {
      const args = ['exec', 'deployment/gateway', '--', 'node', '--eval', script, service, path]
      try {
        return JSON.parse(await kubectl(args, { timeoutMs: 20_000 })) as T
      } catch {
        return undefined
      }
    },
    60_000,
  )

/** How many orders stand where. */
export type ByStatus = Readonly<Partial<Record<Status, number>>>

export const countOf = (byStatus: ByStatus, counts: (status: Status) => boolean = () => true): number =>
  (Object.entries(byStatus) as [Status, number][]).reduce(
    (sum, [status, count]) => sum + (counts(status) ? count : 0),
    0,
  )

/** Waits until so many orders were placed since then, and every one has ended; or until time is up. */
export async function allEnded(since: Date, orders: number, withinMs: number): Promise<ByStatus> {
  for (const deadline = Date.now() + withinMs; ; await sleep(2000)) {
    const path = `/orderDashboards/statistics?since=${since.toISOString()}`
    const { byStatus } = await ask<{ byStatus: ByStatus }>(path)
    const ended = countOf(byStatus, isFinal)
    if ((ended >= orders && ended === countOf(byStatus)) || Date.now() > deadline) return byStatus
  }
}
