import type { Consumed, Published } from '@saucery/contracts/choreography'
import type { FactOf } from '@saucery/contracts/define'
import { PaymentApproved, PaymentDeclined, PaymentRefunded, PaymentVoided } from '@saucery/contracts/payment'

type Charge = FactOf<typeof PaymentApproved>['data']

/** What the provider is asked for, by the status of the payments that wait for its answer. */
export const askedFor = { PENDING: 'charge', VOID_PENDING: 'refund', REFUND_PENDING: 'refund' } as const

/** A payment that waits for the provider's answer. */
export type OpenPayment = Charge & { readonly status: keyof typeof askedFor }

/**
 * The payment of one order, whose id it has. A voided one may not know what was ordered. VOID_PENDING: the charge's
 * deadline has passed with its outcome unknown, so whatever it took is given back.
 */
export type Payment =
  | OpenPayment
  | (Charge & { readonly status: 'APPROVED' | 'REFUNDED' })
  | (Charge & { readonly status: 'DECLINED'; readonly reason: string })
  | { readonly orderId: string; readonly status: 'VOIDED' }

/** The deadline of a charge has passed. A fact of payment's own, which it never publishes. */
export const ChargeOverdue = (orderId: string) =>
  ({ name: 'ChargeOverdue', version: 1, subject: orderId, data: { orderId } }) as const

export type PaymentEvent = Published<'payment'> | Consumed<'payment'> | ReturnType<typeof ChargeOverdue>

/** The provider's answer: to a charge, or that a key holds no money and never will. */
export type ProviderAnswer =
  | { readonly approved: true }
  | { readonly approved: false; readonly reason: string }
  | { readonly refunded: true }

export const isOpen = (payment: Payment | undefined): payment is OpenPayment =>
  payment !== undefined && payment.status in askedFor

/**
 * Settles an open payment with the provider's answer. An answer to what is no longer asked publishes nothing: an
 * approval that comes after the charge was given up is given back as well.
 */
export function settle(payment: Payment | undefined, outcome: ProviderAnswer): Published<'payment'>[] {
  if (!isOpen(payment) || (askedFor[payment.status] === 'refund') !== 'refunded' in outcome) return []
  const { orderId, branchId, sauceId, qty, amount } = payment
  if ('refunded' in outcome)
    return payment.status === 'REFUND_PENDING'
      ? [PaymentRefunded({ orderId, amount })]
      : [PaymentDeclined({ orderId, amount, reason: 'provider-unavailable' })]
  return outcome.approved
    ? [PaymentApproved({ orderId, branchId, sauceId, qty, amount })]
    : [PaymentDeclined({ orderId, amount, reason: outcome.reason })]
}

/**
 * What payment publishes in reaction to an event. OrderPlaced and the end of a delivery only change the status: the
 * provider's answer and `settle` follow. A cancel after that changes nothing here: delivery decides whether the goods
 * have left. Nor does a `payBy` that passes after that: the provider may have taken the money.
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
      return []
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
    case 'ChargeOverdue':
      return payment?.status === 'PENDING' ? { ...payment, status: 'VOID_PENDING' } : payment
    case 'PaymentApproved':
      return { ...event.data, status: 'APPROVED' }
    case 'PaymentDeclined':
      return payment?.status === 'PENDING' || payment?.status === 'VOID_PENDING'
        ? { ...payment, status: 'DECLINED', reason: event.data.reason }
        : payment
    case 'PaymentVoided':
      return { orderId: event.data.orderId, status: 'VOIDED' }
    case 'DeliveryFailed':
    case 'DeliveryCancelled':
      return payment?.status === 'APPROVED' ? { ...payment, status: 'REFUND_PENDING' } : payment
    case 'PaymentRefunded':
      return payment?.status === 'REFUND_PENDING' ? { ...payment, status: 'REFUNDED' } : payment
    case 'OrderCancelled':
      return payment
  }
}
