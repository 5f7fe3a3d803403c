import type { EventName, OrderView } from '@saucery/client/schemas'

/** The status that has an event's colour: mostly the one to which it leads. */
export const eventStatuses: Readonly<Record<EventName, OrderView['status']>> = {
  OrderPlaced: 'PLACED',
  OrderCancelled: 'CANCELLING',
  PaymentApproved: 'PAID',
  PaymentDeclined: 'REJECTED',
  PaymentVoided: 'CANCELLED',
  PaymentRefunded: 'REFUNDING',
  DeliveryStarted: 'DELIVERING',
  DeliveryCompleted: 'DELIVERED',
  DeliveryFailed: 'FAILED',
  DeliveryCancelled: 'CANCELLED',
  CancellationRefused: 'REJECTED',
}
