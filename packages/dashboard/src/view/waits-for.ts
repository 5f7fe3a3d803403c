import type { AnyFact } from '@saucery/contracts/choreography'
import type { Status } from '@saucery/contracts/status'
import type { OrderView } from './order-view.ts'

type EventName = AnyFact['name']

/** How long each wait may take. */
export interface Deadlines {
  /** For what the services do by themselves. */
  readonly OVERDUE_AFTER_MS: number
  readonly PAYMENT_DEADLINE_MS: number
  readonly DELIVERY_DEADLINE_MS: number
}

/** What an order waits for. */
export interface WaitsFor {
  /** Any of these. */
  readonly events: readonly EventName[]
  readonly since: string
  readonly until?: string
  readonly overdue: boolean
}

/** The events that would bring an order of this status on; none when it is final. */
export function awaitedEvents(status: Status, happened: ReadonlySet<string>): readonly EventName[] {
  switch (status) {
    case 'PLACED':
      return ['PaymentApproved', 'PaymentDeclined']
    case 'PAID':
      return ['DeliveryStarted']
    case 'DELIVERING':
      return ['DeliveryCompleted', 'DeliveryFailed']
    case 'CANCELLING':
      return awaitedOfCancel(happened)
    case 'REFUNDING':
      return ['PaymentRefunded']
    case 'DELIVERED':
    case 'FAILED':
    case 'CANCELLED':
    case 'REJECTED':
      return []
  }
}

function awaitedOfCancel(happened: ReadonlySet<string>): readonly EventName[] {
  if (happened.has('DeliveryFailed') || happened.has('DeliveryCancelled')) return ['PaymentRefunded']
  // It had arrived: that it did has not been heard yet.
  if (happened.has('CancellationRefused')) return ['DeliveryCompleted']
  if (happened.has('PaymentApproved') || happened.has('DeliveryStarted'))
    return ['DeliveryCancelled', 'CancellationRefused']
  return ['PaymentVoided', 'PaymentApproved', 'PaymentDeclined']
}

/** Which of the deadlines counts while an order has the status. */
export const deadlineOf = {
  PLACED: 'PAYMENT_DEADLINE_MS',
  PAID: 'OVERDUE_AFTER_MS',
  DELIVERING: 'DELIVERY_DEADLINE_MS',
  CANCELLING: 'OVERDUE_AFTER_MS',
  REFUNDING: 'OVERDUE_AFTER_MS',
} as const satisfies Partial<Record<Status, keyof Deadlines>>

/** What the order waits for at this moment, and until when; nothing when it is final. */
export function waitsFor(view: OrderView, deadlines: Deadlines, now: number): WaitsFor | undefined {
  const events = awaitedEvents(view.status, new Set(view.timeline.map(({ event }) => event)))
  if (events.length === 0) return undefined
  const { since } = view
  const until = untilOf(view, deadlines)
  return { events, since, ...(until && { until }), overdue: until !== undefined && now > Date.parse(until) }
}

function untilOf({ status, since, payBy }: OrderView, deadlines: Deadlines): string | undefined {
  if (status === 'PLACED' && payBy !== undefined) return payBy
  const deadline = status in deadlineOf ? deadlineOf[status as keyof typeof deadlineOf] : undefined
  const until = deadline ? Date.parse(since) + deadlines[deadline] : Number.NaN
  // An event says its time itself, and no schema has seen it.
  return Number.isNaN(until) ? undefined : new Date(until).toISOString()
}
