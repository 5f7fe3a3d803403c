import { hasHappened, type ScenarioName, scenarios } from '@saucery/client/scenarios'
import type { EventName, OrderView, TimelineEntry } from '@saucery/client/schemas'
import { choreography } from '@saucery/contracts/choreography'
import type { Paint } from './paint.ts'
import { endedAsExpected, type ScenarioOutcome } from './run.ts'

export const automaticCourier = `
DELIVERY_DURATION_MS is set, so deliveries complete by themselves here. One did before its order could be cancelled or
its delivery could fail. Start the system without it to see every scenario.
`

const width = Math.max(...Object.keys(scenarios).map((name) => name.length))

/** An order's own page. */
export const orderPage = (url: string, orderId: string): string => new URL(`#/orders/${orderId}`, url).href

/** What was ordered. */
export const orderText = ({ qty, sauceId, branchId, amount }: Partial<OrderView>): string =>
  `${qty} × ${sauceId} for ${branchId} · ₩${amount?.toLocaleString('en')}`

/** Red where something goes wrong or is undone, green where the order comes to its good end. */
export function eventStyle(event: EventName) {
  if (event === 'DeliveryCompleted') return 'green'
  if (/Declined|Failed|Refused/.test(event)) return 'red'
  return /Cancelled|Voided|Refunded/.test(event) ? 'yellow' : 'cyan'
}

/** The first line of a path's block. */
export const pathHeading = (name: ScenarioName, page: string, paint: Paint): string =>
  `\n${paint('bold', name.padEnd(width))}  ${paint('underline', page)}`

/** An event: its time since the order was placed, its service and its cause. */
export function eventLine(entry: TimelineEntry, { timeline }: OrderView, paint: Paint): string {
  const placed = timeline.find(({ event }) => event === 'OrderPlaced') ?? entry
  const since = `+${Date.parse(entry.time) - Date.parse(placed.time)} ms`
  const cause = timeline.find(({ id }) => id === entry.cause)?.event
  const because = cause ?? (entry.cause === 'automatic-courier' ? 'the automatic courier' : 'a request')
  const event = paint(eventStyle(entry.event), entry.event.padEnd(19))
  return `${since.padStart(11)}  ${event} ${publisherOf(entry)} ${paint('dim', `because of ${because}`)}`
}

function publisherOf({ stream }: TimelineEntry): string {
  const service = Object.entries(choreography).find(([, contract]) => contract.stream === stream)
  return (service?.[0] ?? stream).padEnd(8)
}

/** The last line of a path's block: how the order ended. */
export function outcomeLine(outcome: ScenarioOutcome, paint: Paint): string {
  const { name, view, failure } = outcome
  const { expected } = scenarios[name]
  if (!endedAsExpected(outcome)) {
    const status = `✘ ${view?.status ?? 'unseen'}, not ${expected}`
    return paint('red', failure === undefined ? status : `${status}: ${failure}`)
  }
  const note = view && howItEnded(name, view)
  return `${paint('green', `✔ ${expected}`)}${note ? `  ${paint('dim', note)}` : ''}`
}

function howItEnded(name: ScenarioName, view: OrderView): string {
  if (name === 'failed') return 'money refunded'
  if (name !== 'cancelled at once') return ''
  return hasHappened(view, 'PaymentVoided')
    ? 'before any charge: the payment is voided'
    : 'after the charge: delivery cancelled, money refunded'
}

/** The last line of all. */
export const totalLine = (right: number, all: number, paint: Paint): string =>
  paint(right === all ? 'green' : 'red', `${right} of ${all} orders ended as expected`)
