import type { Delivery, Order, OrderView, Payment } from '@saucery/client/schemas'
import type { Story } from '@saucery/system/model/invariants'

/** What the four services answer about one order; undefined where that is 404. */
interface Answers {
  readonly order: Order | undefined
  readonly payment: Payment | undefined
  readonly delivery: Delivery | undefined
  readonly view: OrderView
}

/** No API shows the provider's books, so the charge is derived from the payment's status. */
const charges: Readonly<Record<Payment['status'], Story['charge']>> = {
  PENDING: undefined,
  VOID_PENDING: undefined,
  VOIDED: undefined,
  DECLINED: { declined: true, refunds: 0 },
  APPROVED: { declined: false, refunds: 0 },
  REFUND_PENDING: { declined: false, refunds: 0 },
  REFUNDED: { declined: false, refunds: 1 },
}

export function storyOfAnswers({ order, payment, delivery, view }: Answers): Story {
  const events = view.timeline.map(({ event }) => event)
  // A remembered cancel is answered like a delivery that does not exist.
  const remembered = events.includes('OrderCancelled') ? 'CANCEL_REMEMBERED' : undefined
  return {
    order: order?.status,
    payment: payment?.status,
    delivery: delivery?.status ?? remembered,
    charge: payment && charges[payment.status],
    dashboard: {
      status: view.status,
      payment: view.payment?.status,
      delivery: view.delivery?.status,
      events,
    },
    published: events,
  }
}
