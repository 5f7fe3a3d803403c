import type { Scope } from '@saucery/contracts/access/scope'
import type { Status } from '@saucery/contracts/status'
import type { EventName, OrderJson, TimelineEntry, WaitsFor } from './order-json.ts'
import type { OrderView } from './order-view.ts'

/** How long each wait may take, in milliseconds. */
export interface Deadlines {
  /** For what the services do without a person. */
  readonly OVERDUE_AFTER_MS: number
  readonly PAYMENT_DEADLINE_MS: number
  readonly DELIVERY_DEADLINE_MS: number
}

type OpenStatus = Exclude<Status, 'DELIVERED' | 'FAILED' | 'CANCELLED' | 'REJECTED'>

export const isWaiting = (status: Status): status is OpenStatus => status in deadlineOf

/** The deadline of each status that is not final. */
export const deadlineOf: Record<OpenStatus, keyof Deadlines> = {
  PLACED: 'PAYMENT_DEADLINE_MS',
  PAID: 'OVERDUE_AFTER_MS',
  DELIVERING: 'DELIVERY_DEADLINE_MS',
  CANCELLING: 'OVERDUE_AFTER_MS',
  REFUNDING: 'OVERDUE_AFTER_MS',
}

const awaited: Record<Exclude<OpenStatus, 'CANCELLING'>, readonly EventName[]> = {
  PLACED: ['PaymentApproved', 'PaymentDeclined'],
  PAID: ['DeliveryStarted'],
  DELIVERING: ['DeliveryCompleted', 'DeliveryFailed'],
  REFUNDING: ['PaymentRefunded'],
}

/** The events that an order of this status waits for: any one of them moves it on. None when the status is final. */
export function awaitedEvents(status: Status, happened: ReadonlySet<string>): readonly EventName[] {
  if (!isWaiting(status)) return []
  if (status !== 'CANCELLING') return awaited[status]
  if (happened.has('DeliveryFailed') || happened.has('DeliveryCancelled')) return ['PaymentRefunded']
  // The goods had arrived; their event is still on its way.
  if (happened.has('CancellationRefused')) return ['DeliveryCompleted']
  if (happened.has('PaymentApproved') || happened.has('DeliveryStarted'))
    return ['DeliveryCancelled', 'CancellationRefused']
  return ['PaymentVoided', 'PaymentApproved', 'PaymentDeclined']
}

/** What the order waits for at this moment, and until when; undefined when the order is final. */
export function waitsFor(view: OrderView, deadlines: Deadlines, now: number): WaitsFor | undefined {
  const events = awaitedEvents(view.status, new Set(view.timeline.map(({ event }) => event)))
  if (events.length === 0) return undefined
  const until = untilOf(view, deadlines)
  return {
    events,
    since: view.since,
    ...(until && { until }),
    overdue: until !== undefined && now > Date.parse(until),
  }
}

/** The document of an order as the API shows it to callers of this scope. */
export function orderToJson(view: OrderView, scope: Scope, deadlines: Deadlines, now: number): OrderJson {
  const { _id: orderId, payBy: _, projection: __, timeline: entries, ...fields } = view
  const waiting = waitsFor(view, deadlines, now)
  const timeline = scope === 'all' ? entries : entries.map(entryForBranch)
  return {
    orderId,
    ...fields,
    ...(waiting && { waitsFor: waiting }),
    eventCount: entries.length,
    timeline,
  }
}

/**
 * An entry as a branch sees it. Two sequences would show how many events others' orders had between them, and who works
 * elsewhere does not concern it.
 * (authorization.int.test: "does not learn from its orders how many events others had, or who works elsewhere")
 */
function entryForBranch({ sequence: _, ...entry }: TimelineEntry): OrderJson['timeline'][number] {
  if (!entry.actor || entry.actor.role === 'branch') return entry
  return { ...entry, actor: { role: entry.actor.role } }
}

function untilOf({ status, since, payBy }: OrderView, deadlines: Deadlines): string | undefined {
  if (status === 'PLACED' && payBy !== undefined) return payBy
  const until = isWaiting(status) ? Date.parse(since) + deadlines[deadlineOf[status]] : Number.NaN
  // The publisher sets an event's time, and no schema checked the times of old documents.
  return Number.isNaN(until) ? undefined : new Date(until).toISOString()
}
