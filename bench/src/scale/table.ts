import { markdownTable } from '../report/markdown.ts'
import type { AtSize } from './measure-scale.ts'

/** A column for each size. */
export function scaleTable(results: readonly AtSize[]): string {
  const row = (name: string, of: (at: AtSize) => string | number | undefined) => [
    name,
    ...results.map((at) => format(of(at))),
  ]
  const keys = (of: (at: AtSize) => object) => [...new Set(results.flatMap((at) => Object.keys(of(at))))]
  const total = ({ cpuMs: { bench: _, ...system } }: AtSize) =>
    Object.values(system).reduce<number>((sum, ms) => sum + (ms ?? 0), 0)
  return markdownTable(
    ['left', ...results.map(() => 'right' as const)],
    [
      ['measured, at this many orders', ...results.map(({ size }) => size.toLocaleString('en'))],
      row('orders accepted /s', ({ acceptedPerSecond }) => acceptedPerSecond),
      row('sagas /s', ({ sagasPerSecond }) => sagasPerSecond),
      row('POST p50 · p99 ms', ({ post }) => `${format(post.p50)} · ${format(post.p99)}`),
      row('CPU ms a saga', total),
      ...keys(({ cpuMs }) => cpuMs).map((name) => row(`CPU ms a saga: ${name}`, ({ cpuMs }) => cpuMs[name])),
      ...keys(({ reads }) => reads).map((name) =>
        row(`\`${name}\` ms (CPU)`, ({ reads }) => ofRead(reads[name])),
      ),
      ...keys(({ idleCpuMsPerSecond }) => idleCpuMsPerSecond)
        .filter((name) => name !== 'bench')
        .map((name) => row(`idle CPU ms/s: ${name}`, (at) => at.idleCpuMsPerSecond[name])),
      ...keys(({ rssMb }) => rssMb).map((name) => row(`memory MB: ${name}`, ({ rssMb }) => rssMb[name])),
    ],
  )
}

const ofRead = (read: AtSize['reads'][string] | undefined) =>
  read && `${format(read.p50)} (${format(read.cpuMs)})`

function format(value: string | number | undefined): string {
  if (typeof value === 'string') return value
  if (value === undefined || Number.isNaN(value)) return 'unknown here'
  if (value === Number.POSITIVE_INFINITY) return 'failed'
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value < 10 ? 2 : 1)
}
