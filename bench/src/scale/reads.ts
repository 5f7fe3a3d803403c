import type { ServiceName } from '@saucery/local/system/service-ports'
import { cpuTimes } from '../measure/cpu.ts'
import { growthPer, percentile } from '../report/statistics.ts'
import type { Running } from '../run/with-system.ts'

interface Read {
  readonly name: string
  readonly service: ServiceName
  /** A query that no earlier call shares its answer with. */
  path(call: number, deep: string): string
}

const list = (service: ServiceName, base: string, query: string): Read[] => [
  { name: `${base}${query}`, service, path: () => `${base}${query}` },
  { name: `${base}${query} deep`, service, path: (_, deep) => `${base}${query || '?'}&cursor=${deep}` },
]

const views = ['', '?status=DELIVERED', '?status=REJECTED', '?status=CANCELLED', '?branchId=7', '?sauceId=7']
const narrow = ['?branchId=7&status=FAILED', '?sauceId=7&status=REJECTED', '?branchId=7&sauceId=3']
const minute = 60_000

export const reads: readonly Read[] = [
  ...[...views, ...narrow, '?overdue=true'].flatMap((query) => list('dashboard', '/orderDashboards', query)),
  {
    name: '/orderDashboards/statistics, the last hour',
    service: 'dashboard',
    path: (call) => statistics(call, 60 * minute),
  },
  {
    name: '/orderDashboards/statistics, one branch',
    service: 'dashboard',
    path: (call) => `${statistics(call, 60 * minute)}&branchId=7`,
  },
  ...['', '?status=REJECTED', '?branchId=7'].flatMap((query) => list('order', '/orders', query)),
  ...list('payment', '/payments', ''),
  ...list('delivery', '/deliveries', ''),
]

const statistics = (call: number, ms: number) =>
  `/orderDashboards/statistics?since=${new Date(Date.now() - ms - call * minute).toISOString()}`

/**
 * The time of each read, p50, and the CPU time of all services and stores for it, in ms, directly at its service. The
 * first call of each is not counted.
 */
export async function measureReads({ system, signal }: Running, deep: string, calls = 7) {
  const results: Record<string, { readonly p50: number; readonly cpuMs: number }> = {}
  for (const { name, service, path } of reads) {
    const latencies: number[] = []
    let before = cpuTimes(system)
    for (let call = 0; call <= calls; call++) {
      if (call === 1) before = cpuTimes(system)
      const startedAt = performance.now()
      const answer = await fetch(`${system.urls[service]}${path(call, deep)}`, { signal })
      await answer.arrayBuffer()
      latencies.push(answer.ok ? performance.now() - startedAt : Number.POSITIVE_INFINITY)
    }
    const { bench: _, ...cpu } = growthPer(calls, before, cpuTimes(system))
    const cpuMs = Object.values(cpu).reduce<number>((sum, ms) => sum + (ms ?? 0), 0)
    results[name] = { p50: percentile(latencies.slice(1), 0.5), cpuMs }
  }
  return results
}
