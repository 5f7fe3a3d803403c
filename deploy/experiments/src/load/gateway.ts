import { setTimeout as sleep } from 'node:timers/promises'
import { isFinal, type Status } from '@saucery/contracts/status'
import { kubectl } from '../cluster/kubectl.ts'
import { until } from '../until.ts'

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
export const askText = (path: string, service = 'localhost'): Promise<string> =>
  until(
    `an answer to GET ${path}`,
    () => {
      const args = ['exec', 'deployment/gateway', '--', 'node', '--eval', script, service, path]
      return kubectl(args, { timeoutMs: 20_000 }).catch(() => undefined)
    },
    60_000,
  )

export const ask = async <T>(path: string, service?: string): Promise<T> =>
  JSON.parse(await askText(path, service)) as T

/** How many orders stand where. */
export type ByStatus = Readonly<Partial<Record<Status, number>>>

export const countOf = (byStatus: ByStatus, counts: (status: Status) => boolean = () => true): number =>
  (Object.entries(byStatus) as [Status, number][]).reduce(
    (sum, [status, count]) => sum + (counts(status) ? count : 0),
    0,
  )

async function standing(since: Date): Promise<ByStatus> {
  const path = `/orderDashboards/statistics?since=${since.toISOString()}`
  return (await ask<{ byStatus: ByStatus }>(path)).byStatus
}

/** Waits until so many orders were placed since then, and every one has ended; or until time is up. */
export const allEnded = (since: Date, orders: number, withinMs: number): Promise<ByStatus> =>
  standingOnce(since, withinMs, (byStatus) => {
    const ended = countOf(byStatus, isFinal)
    return ended >= orders && ended === countOf(byStatus)
  })

/** Waits until nothing but the courier is waited for; or until time is up. */
export const allSettled = (since: Date, withinMs: number): Promise<ByStatus> =>
  standingOnce(since, withinMs, (byStatus) => {
    const settled = countOf(byStatus, (status) => status === 'DELIVERING' || isFinal(status))
    return settled === countOf(byStatus)
  })

async function standingOnce(
  since: Date,
  withinMs: number,
  isSo: (byStatus: ByStatus) => boolean,
): Promise<ByStatus> {
  for (const deadline = Date.now() + withinMs; ; await sleep(2000)) {
    const byStatus = await standing(since)
    if (isSo(byStatus) || Date.now() > deadline) return byStatus
  }
}
