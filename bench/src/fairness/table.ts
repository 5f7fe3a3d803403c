import { markdownTable } from '../report/markdown.ts'
import { percentile, spreadOf } from '../report/statistics.ts'
import type { FairnessRun, Phase } from './measure-fairness.ts'

/** One row a phase: how long the modest client's calls took, and what came of them. */
export function fairnessTable(runs: readonly (FairnessRun & { name: string; replicas: number })[]): string {
  const head = [
    'contention',
    'replicas',
    'modest client',
    'calls',
    'unexpected',
    'p50 ms',
    'p99 ms',
    'slowest',
  ]
  const rows = runs.flatMap(({ name, replicas, alone, beside, after }) => [
    [name, String(replicas), 'alone', ...figures(alone)],
    ['', '', 'beside the greedy one', ...figures(beside)],
    ['', '', 'after it', ...figures(after)],
  ])
  const greedy = runs.map(
    ({ name, replicas, greedy, beside }) =>
      `${name}, ${replicas}: the greedy client got ${list(greedy)}; the modest one beside it ${list(beside.outcomes)}\n`,
  )
  const columns = ['left', 'right', 'left', 'right', 'right', 'right', 'right', 'right'] as const
  return `${markdownTable(columns, [head, ...rows])}\n${greedy.join('')}`
}

function figures({ latencies, unexpected }: Phase): string[] {
  const { p50, p99 } = spreadOf(latencies)
  const slowest = percentile(latencies, 1)
  return [String(latencies.length), String(unexpected), ...[p50, p99, slowest].map((ms) => ms.toFixed(0))]
}

const list = (outcomes: ReadonlyMap<number | string, number>): string =>
  [...outcomes].map(([outcome, count]) => `${count} × ${outcome}`).join(', ') || 'nothing'
