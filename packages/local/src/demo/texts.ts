import { choreography } from '@saucery/contracts/choreography'
import type { Entry, View } from './client.ts'
import { type Scenario, scenarios } from './paths.ts'
import { type Outcome, wentItsWay } from './run.ts'

export const usage = `Usage: npx pnpm@12 demo [--url http://localhost:8088]

Places an order for every path, in the system that \`npx pnpm@12 start\` runs, and shows what happens to each.
Where sign-in is on, SAUCERY_TOKEN is an operator's token.
`

export const automaticCourier = `
Deliveries complete by themselves here, because DELIVERY_DURATION_MS is set, and one did so before it could be
cancelled or fail. Start the system without it to see every path.
`

const width = Math.max(...scenarios.map(({ name }) => name.length))

/** An event with the time since the order was placed, who said it, and because of what. */
export function entryLine({ name }: Scenario, entry: Entry, { timeline }: View): string {
  const placed = timeline.find(({ event }) => event === 'OrderPlaced') ?? entry
  const since = `+${Date.parse(entry.time) - Date.parse(placed.time)} ms`
  const cause = timeline.find(({ id }) => id === entry.cause)?.event
  const because = cause ?? (entry.cause === 'automatic-courier' ? 'the automatic courier' : 'a request')
  return `${name.padEnd(width)} │ ${since.padStart(9)}  ${entry.event.padEnd(19)} ${speaker(entry)} because of ${because}`
}

function speaker({ stream }: Entry): string {
  const party = Object.entries(choreography).find(([, { stream: own }]) => own === stream)
  return (party?.[0] ?? stream).padEnd(8)
}

/** What became of every order. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { path, orderId, view, failure } = outcome
    const right = wentItsWay(outcome)
    const status = right ? path.expected : `${view?.status ?? 'unseen'}, not ${path.expected}`
    const note = right && view ? path.how?.(view) : failure
    return `${right ? 'ok   ' : 'WRONG'} ${path.name.padEnd(width)}  ${orderId}  ${status.padEnd(10)}  ${note ?? ''}`.trimEnd()
  })
  return `\n${rows.join('\n')}\n`
}
