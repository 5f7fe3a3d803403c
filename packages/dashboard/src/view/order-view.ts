import type { AnyFact } from '@saucery/contracts/choreography'
import { eventsBehind, isFinal, statusOf } from '@saucery/contracts/status'
import type { ReceivedEvent } from '@saucery/messaging/events/event'
import type { Entries, EventName, OrderJson, TimelineEntry } from './order-json.ts'

/** The document of one order. */
export interface OrderView
  extends Readonly<Omit<OrderJson, 'orderId' | 'waitsFor' | 'eventCount' | 'timeline'>> {
  /** The order's id. */
  readonly _id: string
  /** The deadline of the payment, if the order names one. */
  readonly payBy?: string
  readonly timeline: Entries
  /** The version of the projection that computed the document. The store adds it. */
  readonly projection?: number
}

type States = readonly (readonly [EventName, string])[]

/** The status of the payment by its events: the first line whose event happened wins. */
const paymentStates: States = [
  ['PaymentRefunded', 'REFUNDED'],
  ['PaymentApproved', 'APPROVED'],
  ['PaymentDeclined', 'DECLINED'],
  ['PaymentVoided', 'VOIDED'],
]

const deliveryStates: States = [
  ['DeliveryCompleted', 'COMPLETED'],
  ['DeliveryFailed', 'FAILED'],
  ['DeliveryCancelled', 'CANCELLED'],
  ['DeliveryStarted', 'STARTED'],
]

export function entryOf(event: ReceivedEvent<AnyFact>): TimelineEntry {
  const { orderId: _, ...data } = event.data
  const { id, name, causationId: cause, actor, time, stream, sequence } = event
  return { id, event: name, cause, ...(actor && { actor }), time, stream, sequence, data }
}

/**
 * Adds entries to a timeline: a set by event id, so neither order nor repetition matters. If the stream holds an event
 * twice, its first sequence counts; of two entries with the same sequence, the later argument wins, because the stream
 * is right and not the document.
 */
export function mergeTimeline(timeline: Entries, entries: Entries): TimelineEntry[] {
  const byId = new Map<string, TimelineEntry>()
  for (const entry of [...timeline, ...entries]) {
    const known = byId.get(entry.id)
    if (!known || entry.sequence <= known.sequence) byId.set(entry.id, entry)
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Computes the view from the set of events alone, so any order of arrival ends in the same view. */
export function viewOf(orderId: string, timeline: Entries): OrderView {
  const happened = new Map(timeline.map((entry) => [entry.event, entry]))
  const placed = happened.get('OrderPlaced')
  const described = placed ?? happened.get('PaymentApproved') ?? happened.get('DeliveryStarted')
  const names = new Set(happened.keys())
  const status = statusOf(names)
  const brought = eventsBehind(names).flatMap((name) => happened.get(name)?.time ?? [])
  const since = brought.sort().at(-1) ?? placed?.time ?? timeline.map(({ time }) => time).sort()[0] ?? ''
  const payment = partOf(paymentStates, happened)
  const delivery = partOf(deliveryStates, happened)
  return {
    _id: orderId,
    ...described?.data,
    status,
    ...(payment && { payment }),
    ...(delivery && { delivery }),
    ...(placed && { placedAt: placed.time }),
    since,
    ...(placed && isFinal(status) && { tookMs: msBetween(placed.time, since) }),
    timeline,
  }
}

// Two services' clocks may differ; an effect never precedes its cause.
const msBetween = (start: string, end: string) => Math.max(0, Date.parse(end) - Date.parse(start))

function partOf(states: States, happened: ReadonlyMap<EventName, TimelineEntry>) {
  const [event, status] = states.find(([name]) => happened.has(name)) ?? []
  if (!event || !status) return undefined
  const reason = happened.get(event)?.data.reason
  return typeof reason === 'string' ? { status, reason } : { status }
}
