import { markdownTable } from '../report/markdown.ts'
import type { Spread } from '../report/statistics.ts'
import type { Results } from './measure.ts'

export function resultsTable({ throughput, oneClientPerSecond, latency, limits }: Results): string {
  const { clients, acceptedPerSecond, sagasPerSecond, publishesPerOrder, statementsPerOrder } = throughput
  const { bench, ...system } = throughput.cpuMs
  const atRest = `at ${latency.ordersPerSecond} orders/s, p50 · p99`
  const cpu = [...Object.entries(system), ['all of these', sum(system)], ['the benchmark itself', bench]]
  const { postgres, nats } = limits
  const pgbench = 'Postgres alone: pgbench, the same order and outbox row in one transaction'
  return markdownTable(
    ['left', 'right'],
    [
      ['measured', 'figure'],
      [`orders accepted, ${clients} clients`, rate(acceptedPerSecond)],
      ['POST /orders under that load, p50 · p99', spread(throughput.post)],
      ['sagas from order to DELIVERED on the dashboard', rate(sagasPerSecond)],
      ['orders accepted, one client', rate(oneClientPerSecond)],
      [`${clients} clients : one client`, ratio(acceptedPerSecond, oneClientPerSecond)],
      ['events published per order', publishesPerOrder.toFixed(2)],
      ['Postgres transactions per order', sum(throughput.transactionsPerOrder).toFixed(2)],
      ['Postgres statements per order', statementsPerOrder?.toFixed(2) ?? 'not counted here'],
      ...(bench === undefined ? [] : cpu).map(([name, ms = 0]) => [
        `CPU per saga: ${name}`,
        `${Number(ms).toFixed(2)} ms`,
      ]),
      [`POST /orders ${atRest}`, spread(latency.post)],
      [`order → DELIVERING on the dashboard ${atRest}`, spread(latency.delivering)],
      ...(postgres === undefined
        ? [['Postgres alone', 'no pgbench here']]
        : [
            [pgbench, rate(postgres)],
            ['orders accepted : pgbench', ratio(acceptedPerSecond, postgres)],
          ]),
      ['NATS alone: one publisher, the same events, settings and client', rate(nats.client)],
      ['events published under load : NATS alone', ratio(sagasPerSecond * publishesPerOrder, nats.client)],
      [
        'NATS alone: `nats bench js pub async`, the same settings',
        nats.natsBench === undefined ? 'no nats and no Go here' : rate(nats.natsBench),
      ],
    ],
  )
}

const rate = (perSecond: number) => `${Math.round(perSecond).toLocaleString('en')} /s`
const spread = ({ p50, p99 }: Spread) => `${p50.toFixed(1)} · ${p99.toFixed(1)} ms`
const ratio = (ours: number, theirs: number) => (ours / theirs).toFixed(2)

const sum = (figures: Readonly<Partial<Record<string, number>>>): number =>
  Object.values(figures).reduce<number>((total, figure) => total + (figure ?? 0), 0)
