import { markdownTable } from '../report/markdown.ts'
import { percentile, perSecond } from '../report/statistics.ts'
import type { BreakerRun, OrderAnswer } from './measure-breaker.ts'

const columns = ['while the breaker', 'orders', 'answer', 'answers', 'per second', 'p50', 'p99', 'slowest']

/** Answer times and rates by status, before and after the breaker first opened, as a Markdown table. */
export function breakerTable(run: BreakerRun): string {
  const spans = spansOf(run)
  const phases = [...new Set(spans.map(({ phase }) => phase))]
  const rows = phases.flatMap((name) =>
    rowsOf(
      spans.filter(({ phase }) => phase === name),
      run.answers,
    ),
  )
  const sides = columns.map((_, i) => (i < 3 ? 'left' : 'right'))
  const seen = run.states.map(({ state, at }) => `${((at - run.strictFrom) / 1000).toFixed(1)} s ${state}`)
  return `${markdownTable(sides, [columns, ...rows])}\nThe breaker: ${seen.join(' · ')}\n`
}

function spansOf({ states, startedAt, strictFrom, endedAt }: BreakerRun) {
  const firstOpen = states.findIndex(({ state }) => state === 'open')
  const phases = states.map(({ state, at }, i) => {
    const isBefore = firstOpen === -1 || i < firstOpen
    const phase = isBefore ? 'has not opened yet' : state === 'open' ? 'is open' : 'tries again'
    return { phase, from: i === 0 ? strictFrom : at, to: states[i + 1]?.at ?? endedAt }
  })
  return [{ phase: 'has nothing to do', from: startedAt, to: strictFrom }, ...phases]
}

/** @param spans of one phase */
function rowsOf(spans: ReturnType<typeof spansOf>, answers: readonly OrderAnswer[]): string[][] {
  // By the time of sending: an answer that opens the breaker belongs to the time before.
  const within = answers.filter(({ at, ms }) => spans.some(({ from, to }) => at - ms >= from && at - ms < to))
  const lasted = spans.reduce((sum, { from, to }) => sum + to - from, 0)
  const phase = `${spans[0]?.phase}, ${(lasted / 1000).toFixed(1)} s`
  const kindOf = ({ kind, http, outcome }: OrderAnswer) => `${kind}|${http} ${outcome}`
  const kinds = [...new Set(within.map(kindOf))].sort((a, b) => (a < b ? -1 : 1))
  return kinds.map((each) => {
    const times = within.filter((answer) => kindOf(answer) === each).map(({ ms }) => ms)
    const rate = perSecond(times.length, lasted).toFixed(1)
    const spread = [0.5, 0.99, 1].map((p) => `${percentile(times, p).toFixed(0)} ms`)
    return [phase, ...each.split('|'), String(times.length), rate, ...spread]
  })
}
