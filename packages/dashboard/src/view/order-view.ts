import type { AnyFact } from '@saucery/contracts/choreography'
import { broughtBy, isFinal, type Status, statusOf } from '@saucery/contracts/status'
import type { ReceivedEvent } from '@saucery/messaging/events/event'

/** One event in an order's story. */
export interface TimelineEntry {
  /** The event's id. */
  readonly id: string
  readonly event: AnyFact['name']
  /** The id of the event or request that led to it. */
  readonly cause: string
  readonly time: string
  readonly stream: string
  readonly sequence: number
  readonly data: Readonly<Record<string, unknown>>
}

/** Everything known of one order; `_id` is the order's id. */
export interface OrderView {
  readonly _id: string
  readonly branchId?: string
  readonly sauceId?: string
  readonly qty?: number
  readonly price?: number
  readonly amount?: number
  readonly status: Status
  readonly payment?: Part
  readonly delivery?: Part
  readonly placedAt?: string
  /** By when payment has to have decided, where the order says so. */
  readonly payBy?: string
  /** The time of the event that brought the status. */
  readonly since: string
  /** From the placing to the event that made it final. */
  readonly tookMs?: number
  /** Every event, the earliest first. */
  readonly timeline: readonly TimelineEntry[]
  /** The version by which it was computed; the store adds it. */
  readonly projection?: number
}

interface Part {
  readonly status: string
  readonly reason?: string
}

/** What an event says of its service's part; of several, the first line that happened counts. */
const paymentStates = [
  ['PaymentRefunded', 'REFUNDED'],
  ['PaymentApproved', 'APPROVED'],
  ['PaymentDeclined', 'DECLINED'],
  ['PaymentVoided', 'VOIDED'],
] as const

const deliveryStates = [
  ['DeliveryCompleted', 'COMPLETED'],
  ['DeliveryFailed', 'FAILED'],
  ['DeliveryCancelled', 'CANCELLED'],
  ['DeliveryStarted', 'STARTED'],
] as const

export function entryOf(event: ReceivedEvent<AnyFact>): TimelineEntry {
  const { orderId: _, ...data } = event.data
  const { id, name, causationId: cause, time, stream, sequence } = event
  return { id, event: name, cause, time, stream, sequence, data }
}

/**
 * The timeline with the entries added: a set by id, so that neither order nor repetition matters. An event that
 * the stream holds twice is told with its first place, and as it was told last: the stream is right, not the document.
 */
export function mergeTimeline(
  timeline: readonly TimelineEntry[],
  entries: readonly TimelineEntry[],
): TimelineEntry[] {
  const byId = new Map<string, TimelineEntry>()
  for (const entry of [...timeline, ...entries]) {
    const known = byId.get(entry.id)
    if (!known || entry.sequence <= known.sequence) byId.set(entry.id, entry)
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The view is a function of the set of events alone, so that any order of arrival ends in the same one. */
export function viewOf(orderId: string, timeline: readonly TimelineEntry[]): OrderView {
  const happened = new Map(timeline.map((entry) => [entry.event, entry]))
  const placed = happened.get('OrderPlaced')
  const told = placed ?? happened.get('PaymentApproved') ?? happened.get('DeliveryStarted')
  const names = new Set(happened.keys())
  const status = statusOf(names)
  const brought = broughtBy(names).flatMap((name) => happened.get(name)?.time ?? [])
  const since = brought.sort().at(-1) ?? placed?.time ?? timeline.map(({ time }) => time).sort()[0] ?? ''
  return {
    _id: orderId,
    ...told?.data,
    status,
    ...part('payment', paymentStates, happened),
    ...part('delivery', deliveryStates, happened),
    ...(placed ? { placedAt: placed.time } : {}),
    since,
    ...(placed && isFinal(status) ? { tookMs: msBetween(placed.time, since) } : {}),
    timeline,
  }
}

// Two services' clocks: what follows is never told to have come first.
const msBetween = (start: string, end: string) => Math.max(0, Date.parse(end) - Date.parse(start))

function part(
  name: 'payment' | 'delivery',
  states: readonly (readonly [AnyFact['name'], string])[],
  happened: ReadonlyMap<AnyFact['name'], TimelineEntry>,
): Record<string, Part> {
  const state = states.find(([event]) => happened.has(event))
  if (!state) return {}
  const reason = happened.get(state[0])?.data.reason
  return { [name]: typeof reason === 'string' ? { status: state[1], reason } : { status: state[1] } }
}
