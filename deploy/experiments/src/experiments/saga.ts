import type { Experiment } from '../cluster/fresh.ts'
import { readJson } from '../load/gateway.ts'
import { nothingLost, runTraffic } from '../load/traffic.ts'
import { type Finding, promised, reported } from '../report/finding.ts'

interface Page {
  readonly items: readonly unknown[]
}

export const saga: Experiment = {
  summary: "the sample's calls through the gateway's Service, and orders on every path",
  run,
}

async function run(): Promise<Finding[]> {
  const outcome = await runTraffic('saga', { orders: 100, perSecond: 10 })
  const lists = ['/orders', '/payments', '/deliveries', '/orderDashboards']
  const pages = await Promise.all(lists.map((path) => readJson<Page>(`${path}?limit=5`)))
  return [
    ...lists.map((path, i) =>
      promised(`GET ${path}`, `${pages[i]?.items.length} items`, pages[i]?.items.length === 5),
    ),
    ...nothingLost(outcome),
    reported('time to answer POST /orders, p50 and p99', `${outcome.p50Ms} and ${outcome.p99Ms} ms`),
  ]
}
