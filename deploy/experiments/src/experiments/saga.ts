import type { Experiment } from '../cluster/fresh.ts'
import { askGateway } from '../load/gateway.ts'
import { nothingLost, runTraffic } from '../load/traffic.ts'
import { promised, reported } from '../report/finding.ts'

const lists = ['/orders', '/payments', '/deliveries', '/orderDashboards'] as const

export const saga: Experiment = {
  summary: "the sample's calls through the gateway's Service, and orders on every path",
  async run() {
    const outcome = await runTraffic('saga', { orders: 100, perSecond: 10 })
    const pages = lists.map(async (path) => {
      const { items } = await askGateway((gateway) => gateway.get(path, { query: { limit: 5 } }))
      return promised(`GET ${path}`, `${items.length} items`, items.length === 5)
    })
    return [
      ...(await Promise.all(pages)),
      ...nothingLost(outcome),
      reported('time to answer POST /orders, p50 and p99', `${outcome.p50Ms} and ${outcome.p99Ms} ms`),
    ]
  },
}
