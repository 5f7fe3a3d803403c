import type { Consumed, Published } from '@saucery/contracts/choreography'
import { PaymentApproved, PaymentDeclined, PaymentRefunded, PaymentVoided } from '@saucery/contracts/payment'

interface Charge {
  readonly orderId: string
  readonly branchId: string
  readonly sauceId: string
  readonly qty: number
  readonly amount: number
}

/** A payment belongs to one order and has its id. A voided one may never have heard of what was ordered. */
export type Payment =
  | (Charge & { readonly status: 'PENDING' | 'APPROVED' | 'REFUNDED' })
  | (Charge & { readonly status: 'DECLINED'; readonly reason: string })
  | { readonly orderId: string; readonly status: 'VOIDED' }

export type PaymentEvent = Published<'payment'> | Consumed<'payment'>

/** What the provider answered. */
export type ChargeOutcome =
  | { readonly approved: true }
  | { readonly approved: false; readonly reason: string }

/** The charge is settled with the provider's answer, unless it already is. */
export function settle(payment: Payment | undefined, answer: ChargeOutcome): Published<'payment'>[] {
  if (payment?.status !== 'PENDING') return []
  const { orderId, branchId, sauceId, qty, amount } = payment
  return answer.approved
    ? [PaymentApproved({ orderId, branchId, sauceId, qty, amount })]
    : [PaymentDeclined({ orderId, amount, reason: answer.reason })]
}

/**
 * What payment says at once to what it hears. OrderPlaced only reserves: the charge follows, and then `settle`.
 * A cancel after that is nothing to it: delivery is the authority on whether goods left. Nor is a `payBy` that
 * passes after that, for the provider may have taken the money.
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

/** The payment after something happened, said by itself or heard. */
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
