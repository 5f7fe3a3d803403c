import type { NatsLimit } from '../limits/nats-limit.ts'
import { markdownTable } from '../report/markdown.ts'
import type { Spread } from '../report/statistics.ts'
import type { Latency } from './latency.ts'
import type { Throughput } from './throughput.ts'

export interface Results {
  readonly stores: string[]
  readonly throughput: Throughput
  readonly oneClientPerSecond: number
  /** What the stores can do alone, per second. */
  readonly limits: { readonly postgres: number | undefined; readonly nats: NatsLimit }
  readonly latency: Latency
}

export function resultsTable(results: Results): string {
  const rows = [...throughputRows(results), ...latencyRows(results.latency), ...limitRows(results)]
  return markdownTable(['left', 'right'], [['measured', 'figure'], ...rows])
}

function throughputRows({ throughput, oneClientPerSecond }: Results): string[][] {
  const { clients, acceptedPerSecond, post, sagasPerSecond, publishesPerOrder } = throughput
  const { cpuMs, transactionsPerOrder, statementsPerOrder } = throughput
  const { bench, ...system } = cpuMs
  const rows: [string, string][] = [
    [`orders accepted, ${clients} clients`, `${whole(acceptedPerSecond)} /s`],
    ['POST /orders under that load, p50 · p99', spread(post)],
    ['sagas from order to DELIVERED on the dashboard', `${whole(sagasPerSecond)} /s`],
    ['orders accepted, one client', `${whole(oneClientPerSecond)} /s`],
    [`${clients} clients : one client`, ratio(acceptedPerSecond, oneClientPerSecond)],
    ['events published per order', publishesPerOrder.toFixed(2)],
    ['Postgres transactions per order', sum(transactionsPerOrder).toFixed(2)],
    ['Postgres statements per order', statementsPerOrder?.toFixed(2) ?? 'not counted here'],
    ...Object.entries(system).map(([name, ms]) => cpuRow(name, ms)),
  ]
  if (bench === undefined) return rows
  return [...rows, cpuRow('all of these', sum(system)), cpuRow('the benchmark itself', bench)]
}

function latencyRows({ ordersPerSecond, post, delivering }: Latency): string[][] {
  return [
    [`POST /orders at ${ordersPerSecond} orders/s, p50 · p99`, spread(post)],
    [`order → DELIVERING on the dashboard at ${ordersPerSecond} orders/s, p50 · p99`, spread(delivering)],
  ]
}

function limitRows({ limits, throughput }: Results): string[][] {
  const { acceptedPerSecond, sagasPerSecond, publishesPerOrder } = throughput
  const { postgres, nats } = limits
  const natsBench = nats.natsBench === undefined ? 'no nats and no Go here' : `${whole(nats.natsBench)} /s`
  const alone =
    postgres === undefined
      ? [['Postgres alone', 'no pgbench here']]
      : [
          [
            'Postgres alone: pgbench, the same order and outbox row in one transaction',
            `${whole(postgres)} /s`,
          ],
          ['orders accepted : pgbench', ratio(acceptedPerSecond, postgres)],
        ]
  return [
    ...alone,
    ['NATS alone: one publisher, the same events, settings and client', `${whole(nats.client)} /s`],
    ['events published under load : NATS alone', ratio(sagasPerSecond * publishesPerOrder, nats.client)],
    ['NATS alone: `nats bench js pub async`, the same settings', natsBench],
  ]
}

const whole = (figure: number) => Math.round(figure).toLocaleString('en')
const spread = ({ p50, p99 }: Spread) => `${p50.toFixed(1)} · ${p99.toFixed(1)} ms`
const ratio = (ours: number, theirs: number) => (ours / theirs).toFixed(2)
const cpuRow = (name: string, ms: number | undefined): [string, string] => [
  `CPU per saga: ${name}`,
  `${(ms ?? 0).toFixed(2)} ms`,
]

const sum = (figures: Readonly<Partial<Record<string, number>>>): number =>
  Object.values(figures).reduce<number>((total, figure) => total + (figure ?? 0), 0)
