import type { EventName, OrderView } from '@saucery/client/schemas'
import { isFinal } from '@saucery/contracts/status'
import { t } from '../texts/texts.ts'

/** A stage of an order: with a time once it was reached. */
export interface OrderStep {
  readonly label: string
  readonly time?: string
  /** The order stands here. */
  readonly isCurrent: boolean
}

const course = [
  [t.order.placed, 'OrderPlaced'],
  [t.order.paid, 'PaymentApproved'],
  [t.order.delivering, 'DeliveryStarted'],
  [t.order.delivered, 'DeliveryCompleted'],
] as const satisfies readonly (readonly [string, EventName])[]

/**
 * The stages of an order in their order: the usual four, or those that it reached and then how it ended or will end.
 * The times are those of the events, whichever arrived first. (steps.test)
 */
export function stepsOf(order: Pick<OrderView, 'status' | 'since' | 'timeline'>): OrderStep[] {
  const times = new Map(order.timeline.map(({ event, time }) => [event, time]))
  const usual = course.map(([label, event]) => stepAt(label, times.get(event)))
  const end = endOf(order, times)
  const steps = end ? [...usual.filter(({ time }) => time !== undefined), ...end] : usual
  const last = steps.findLastIndex(({ time }) => time !== undefined)
  return steps.map((step, i) => ({ ...step, isCurrent: i === last }))
}

const stepAt = (label: string, time: string | undefined) => ({ label, ...(time !== undefined && { time }) })

/** How an order ends, or is about to, that is not delivered. */
function endOf({ status, since, timeline }: Parameters<typeof stepsOf>[0], times: Map<EventName, string>) {
  const reached = isFinal(status) ? since : undefined
  const cancelled = timeline.find(({ event }) => event === 'OrderCancelled')
  const inTime = cancelled?.data.reason !== 'payment-timeout'
  const request = cancelled && [
    stepAt(inTime ? t.order.cancelRequested : t.order.notPaidInTime, cancelled.time),
  ]
  switch (status) {
    case 'REJECTED':
      return [stepAt(t.order.rejected, reached)]
    case 'CANCELLING':
    case 'CANCELLED':
      return [...(request ?? []), stepAt(t.order.cancelled, reached)]
    case 'REFUNDING':
    case 'FAILED': {
      const failed = times.get('DeliveryFailed')
      if (failed === undefined) return [...(request ?? []), stepAt(t.order.cancelled, reached)]
      return [stepAt(t.order.deliveryFailed, failed), stepAt(t.order.refunded, reached)]
    }
    default:
      return undefined
  }
}
