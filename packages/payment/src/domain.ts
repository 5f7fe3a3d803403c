import type { Consumed, Published } from '@saucery/contracts/choreography'
import type { FactOf } from '@saucery/contracts/define'
import { PaymentApproved, PaymentDeclined, PaymentRefunded, PaymentVoided } from '@saucery/contracts/payment'

type Charge = FactOf<typeof PaymentApproved>['data']

/** The payment of one order, whose id it has. A voided one may not know what was ordered. */
export type Payment =
  | (Charge & { readonly status: 'PENDING' | 'APPROVED' | 'REFUNDED' })
  | (Charge & { readonly status: 'DECLINED'; readonly reason: string })
  | { readonly orderId: string; readonly status: 'VOIDED' }

export type PaymentEvent = Published<'payment'> | Consumed<'payment'>

/** The provider's answer to a charge. */
export type ChargeOutcome =
  | { readonly approved: true }
  | { readonly approved: false; readonly reason: string }

/** Settles a pending charge with the provider's answer; publishes nothing when it is settled already. */
export function settle(payment: Payment | undefined, outcome: ChargeOutcome): Published<'payment'>[] {
  if (payment?.status !== 'PENDING') return []
  const { orderId, branchId, sauceId, qty, amount } = payment
  return outcome.approved
    ? [PaymentApproved({ orderId, branchId, sauceId, qty, amount })]
    : [PaymentDeclined({ orderId, amount, reason: outcome.reason })]
}

/**
 * What payment publishes in reaction to an event. OrderPlaced only reserves: the charge and `settle` follow.
 * A cancel after that changes nothing here: delivery decides whether the goods have left. Nor does a `payBy` that
 * passes after that: the provider may have taken the money.
 * @param now ISO 8601 in UTC
 */
export function react(
  payment: Payment | undefined,
  event: Consumed<'payment'>,
  now: string,
): Published<'payment'>[] {
  const { orderId } = event.data
  switch (event.name) {
    case 'OrderPlaced':
      return payment === undefined && isPast(event.data.payBy, now) ? [PaymentVoided({ orderId })] : []
    case 'OrderCancelled':
      return payment ? [] : [PaymentVoided({ orderId })]
    case 'DeliveryFailed':
    case 'DeliveryCancelled':
      return payment?.status === 'APPROVED' ? [PaymentRefunded({ orderId, amount: payment.amount })] : []
  }
}

const isPast = (time: string | undefined, now: string) => time !== undefined && now > time

/** The payment after an event, its own or a consumed one; the same object when nothing changes. */
export function evolve(payment: Payment | undefined, event: PaymentEvent): Payment | undefined {
  switch (event.name) {
    case 'OrderPlaced': {
      if (payment) return payment
      const { orderId, branchId, sauceId, qty, amount } = event.data
      return { orderId, branchId, sauceId, qty, amount, status: 'PENDING' }
    }
    case 'PaymentApproved':
      return { ...event.data, status: 'APPROVED' }
    case 'PaymentDeclined':
      return payment?.status === 'PENDING'
        ? { ...payment, status: 'DECLINED', reason: event.data.reason }
        : payment
    case 'PaymentVoided':
      return { orderId: event.data.orderId, status: 'VOIDED' }
    case 'PaymentRefunded':
      return payment?.status === 'APPROVED' ? { ...payment, status: 'REFUNDED' } : payment
    case 'OrderCancelled':
    case 'DeliveryFailed':
    case 'DeliveryCancelled':
      return payment
  }
}
