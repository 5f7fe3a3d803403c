import type { Experiment } from '../cluster/fresh.ts'
import { type Finding, promised, told } from '../finding.ts'
import { ask } from './gateway.ts'
import { nothingLost, traffic } from './traffic.ts'

interface Page {
  readonly items: readonly unknown[]
}

export const saga: Experiment = {
  says: "the sample's calls through the gateway's Service, and orders on every path to their end",
  run,
}

async function run(): Promise<Finding[]> {
  const outcome = await traffic('saga', { orders: 100, perSecond: 10 })
  const lists = ['/orders', '/payments', '/deliveries', '/orderDashboards']
  const pages = await Promise.all(lists.map((path) => ask<Page>(`${path}?limit=5`)))
  return [
    ...lists.map((path, i) =>
      promised(`GET ${path}`, `${pages[i]?.items.length} items`, pages[i]?.items.length === 5),
    ),
    ...nothingLost(outcome),
    told('POST /orders answered within, p50 and p99', `${outcome.p50Ms} and ${outcome.p99Ms} ms`),
  ]
}
