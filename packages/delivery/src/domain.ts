import type { Consumed, Published } from '@saucery/contracts/choreography'
import type { FactOf } from '@saucery/contracts/define'
import {
  CancellationRefused,
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryFailed,
  DeliveryStarted,
} from '@saucery/contracts/delivery'

type Parcel = FactOf<typeof DeliveryStarted>['data'] & { readonly startedAt: string }

/** The delivery of one order, whose id it has. A cancel that came before the payment is remembered. */
export type Delivery =
  | { readonly orderId: string; readonly status: 'CANCEL_REMEMBERED' }
  | { readonly orderId: string; readonly status: 'CANCELLED' }
  | (Parcel & { readonly status: 'STARTED' })
  | (Parcel & { readonly status: 'CANCELLED' })
  | (Parcel & { readonly status: 'COMPLETED'; readonly cancellationRefused: boolean })
  | (Parcel & { readonly status: 'FAILED'; readonly reason: FailReason })

/** A remembered cancel is not a delivery yet. */
export type VisibleDelivery = Exclude<Delivery, { status: 'CANCEL_REMEMBERED' }>

export type DeliveryEvent = Published<'delivery'> | Consumed<'delivery'>

type FailReason = FactOf<typeof DeliveryFailed>['data']['reason']

export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: 'delivery-not-found' | 'delivery-already-final'
  constructor(code: Refused['code']) {
    super(code)
    this.code = code
  }
}

/** The goods arrived; a second report publishes nothing. */
export function complete(delivery: Delivery | undefined): Published<'delivery'>[] {
  if (delivery?.status === 'COMPLETED') return []
  return [DeliveryCompleted({ orderId: startedOrRefused(delivery).orderId })]
}

/** The goods did not arrive: the courier reports it, or the delivery is overdue. */
export function fail(delivery: Delivery | undefined, reason: FailReason): Published<'delivery'>[] {
  if (delivery?.status === 'FAILED') return []
  return [DeliveryFailed({ orderId: startedOrRefused(delivery).orderId, reason })]
}

function startedOrRefused(delivery: Delivery | undefined): Delivery {
  if (!delivery || delivery.status === 'CANCEL_REMEMBERED') throw new Refused('delivery-not-found')
  if (delivery.status !== 'STARTED') throw new Refused('delivery-already-final')
  return delivery
}

/** What delivery publishes in reaction to an event. */
export function react(delivery: Delivery | undefined, event: Consumed<'delivery'>): Published<'delivery'>[] {
  const { orderId } = event.data
  switch (event.name) {
    case 'PaymentApproved': {
      if (delivery?.status === 'CANCEL_REMEMBERED') return [DeliveryCancelled({ orderId })]
      const { branchId, sauceId, qty } = event.data
      return delivery ? [] : [DeliveryStarted({ orderId, branchId, sauceId, qty })]
    }
    case 'OrderCancelled':
      if (delivery?.status === 'STARTED') return [DeliveryCancelled({ orderId })]
      return delivery?.status === 'COMPLETED' && !delivery.cancellationRefused
        ? [CancellationRefused({ orderId })]
        : []
  }
}

/** The delivery after an event, its own or a consumed one; the same object when nothing changes. */
export function evolve(
  delivery: Delivery | undefined,
  event: DeliveryEvent & { time: string },
): Delivery | undefined {
  switch (event.name) {
    case 'OrderCancelled':
      return delivery ?? { orderId: event.data.orderId, status: 'CANCEL_REMEMBERED' }
    case 'DeliveryStarted':
      return { ...event.data, startedAt: event.time, status: 'STARTED' }
    case 'DeliveryCompleted':
      return delivery?.status === 'STARTED'
        ? { ...delivery, status: 'COMPLETED', cancellationRefused: false }
        : delivery
    case 'DeliveryFailed':
      return delivery?.status === 'STARTED'
        ? { ...delivery, status: 'FAILED', reason: event.data.reason }
        : delivery
    case 'DeliveryCancelled':
      return delivery && { ...delivery, status: 'CANCELLED' }
    case 'CancellationRefused':
      return delivery?.status === 'COMPLETED' ? { ...delivery, cancellationRefused: true } : delivery
    case 'PaymentApproved':
      return delivery
  }
}
