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

type ByStatus = Readonly<Record<string, number>>

const isOpen = (status: string) => !['DELIVERED', 'FAILED', 'CANCELLED', 'REJECTED'].includes(status)

/** Where the orders stand that were placed since then. */
const standingSince = async (since: Date): Promise<ByStatus> =>
  (await ask<{ byStatus: ByStatus }>(`/orderDashboards/statistics?since=${since.toISOString()}`)).byStatus

export const countOf = (byStatus: ByStatus, counts: (status: string) => boolean = () => true): number =>
  Object.entries(byStatus).reduce((sum, [status, count]) => sum + (counts(status) ? count : 0), 0)

/** Waits until every order placed since then has ended. */
export const allEnded = (since: Date, withinMs: number): Promise<ByStatus> =>
  until(
    'the end of every order',
    async () => {
      const byStatus = await standingSince(since)
      return countOf(byStatus, isOpen) === 0 && byStatus
    },
    withinMs,
  )
