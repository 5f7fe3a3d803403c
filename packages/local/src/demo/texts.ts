import { hasHappened, type ScenarioName, scenarios } from '@saucery/client/scenarios'
import type { OrderView, TimelineEntry } from '@saucery/client/schemas'
import { choreography } from '@saucery/contracts/choreography'
import { endedAsExpected, type ScenarioOutcome } from './run.ts'

export const demoUsage = `Usage: npx pnpm@12 demo [--url http://localhost:8088]

Places one order for each scenario in the system that \`npx pnpm@12 start\` runs, and prints its events as they happen.
Where sign-in is on, set SAUCERY_TOKEN to the token of an operator.
`

export const automaticCourier = `
DELIVERY_DURATION_MS is set, so deliveries complete by themselves here. One did before its order could be cancelled or
its delivery could fail. Start the system without it to see every scenario.
`

const width = Math.max(...Object.keys(scenarios).map((name) => name.length))

/** An event: its time since the order was placed, its service and its cause. */
export function eventLine(name: ScenarioName, entry: TimelineEntry, { timeline }: OrderView): string {
  const placed = timeline.find(({ event }) => event === 'OrderPlaced') ?? entry
  const since = `+${Date.parse(entry.time) - Date.parse(placed.time)} ms`
  const cause = timeline.find(({ id }) => id === entry.cause)?.event
  const because = cause ?? (entry.cause === 'automatic-courier' ? 'the automatic courier' : 'a request')
  return `${name.padEnd(width)} │ ${since.padStart(9)}  ${entry.event.padEnd(19)} ${publisherOf(entry)} because of ${because}`
}

function publisherOf({ stream }: TimelineEntry): string {
  const service = Object.entries(choreography).find(([, contract]) => contract.stream === stream)
  return (service?.[0] ?? stream).padEnd(8)
}

/** How every order ended, a line each. */
export function outcomeTable(outcomes: readonly ScenarioOutcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { name, orderId, view, failure = '' } = outcome
    const { expected } = scenarios[name]
    const ok = endedAsExpected(outcome)
    const status = ok ? expected : `${view?.status ?? 'unseen'}, not ${expected}`
    const note = ok && view ? howItEnded(name, view) : failure
    return `${ok ? 'ok   ' : 'WRONG'} ${name.padEnd(width)}  ${orderId}  ${status.padEnd(10)}  ${note}`.trimEnd()
  })
  return `\n${rows.join('\n')}\n`
}

function howItEnded(name: ScenarioName, view: OrderView): string {
  if (name === 'failed') return 'money refunded'
  if (name !== 'cancelled at once') return ''
  return hasHappened(view, 'PaymentVoided')
    ? 'before any charge: the payment is voided'
    : 'after the charge: delivery cancelled, money refunded'
}
