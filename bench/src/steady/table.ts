import { markdownTable } from '../report/markdown.ts'
import type { Spread } from '../report/statistics.ts'
import type { Minute } from './measure-steady.ts'

/** By then everything is compiled and cached. */
const SETTLED = 3

/** The third minute, or the last one of a shorter run, beside the last. */
export function steadyTable(minutes: readonly Minute[]): string {
  const early = Math.min(SETTLED, minutes.length)
  const columns = [minutes[early - 1], minutes.at(-1)].filter((minute) => minute !== undefined)
  const row = (what: string, of: (minute: Minute) => string) => [what, ...columns.map(of)]
  const services = Object.keys(columns[0]?.services ?? {}) as (keyof Minute['services'])[]
  return markdownTable(
    ['left', 'right', 'right'],
    [
      ['measured', `minute ${early}`, `minute ${minutes.length}`],
      row('POST /orders, p50 · p99 ms', ({ post }) => spread(post)),
      row('order → DELIVERING on the dashboard, p50 · p99 ms', ({ delivering }) => spread(delivering)),
      ...services.flatMap((name) => [
        row(`${name}: resident · heap after a collection, MB`, ({ services }) =>
          pair(services[name].residentMb, services[name].heapMb),
        ),
        row(`${name}: event loop delay, p99 · most of 5 s, ms`, ({ services }) =>
          pair(services[name].delayP99Ms, services[name].delayMaxMs),
        ),
      ]),
    ],
  )
}

const pair = (one: number, other: number) => `${one.toFixed(0)} · ${other.toFixed(0)}`
const spread = ({ p50, p99 }: Spread) => `${p50.toFixed(1)} · ${p99.toFixed(1)}`
