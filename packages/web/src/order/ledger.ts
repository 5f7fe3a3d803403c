import type { EventName, TimelineEntry } from '@saucery/client/schemas'

/** What an order's events did with the customer's money, in whole won. */
export interface Ledger {
  readonly charged: number
  readonly refunded: number
  /** What the customer has paid in the end. */
  readonly net: number
}

/**
 * Adds up the events that moved money; each happens once at most. Of a refund whose charge has not been received yet
 * the charge is known: it is always refunded as a whole. (ledger.test)
 */
export function ledgerOf(timeline: readonly Pick<TimelineEntry, 'event' | 'data'>[]): Ledger {
  const amountOf = (name: EventName) => {
    const amount = timeline.find(({ event }) => event === name)?.data.amount
    return typeof amount === 'number' ? amount : 0
  }
  const refunded = amountOf('PaymentRefunded')
  const charged = Math.max(amountOf('PaymentApproved'), refunded)
  return { charged, refunded, net: charged - refunded }
}
