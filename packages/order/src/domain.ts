import type { Consumed, Published } from '@saucery/contracts/choreography'
import type { FactOf } from '@saucery/contracts/define'
import { OrderCancelled, OrderPlaced } from '@saucery/contracts/order'
import { isFinal, type Status, statusOf } from '@saucery/contracts/status'

/** What a branch orders; `price` is per unit in whole won. */
type OrderRequest = Pick<FactOf<typeof OrderPlaced>['data'], 'branchId' | 'sauceId' | 'qty' | 'price'>

export interface Order extends OrderRequest {
  readonly id: string
  readonly amount: number
  /** The names of the events that happened to it, its own too: a sorted set, so the order of arrival is lost. */
  readonly facts: readonly OrderEvent['name'][]
  readonly status: Status
  readonly placedAt: string
}

export type OrderEvent = Published<'order'> | Consumed<'order'>

type CancelReason = FactOf<typeof OrderCancelled>['data']['reason']

export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: 'order-not-found' | 'order-already-final' | 'amount-too-large'
  constructor(code: Refused['code']) {
    super(code)
    this.code = code
  }
}

/** @param payBy the end of a strict wait for the payment: without a payment by then, the order is cancelled */
export function place(orderId: string, request: OrderRequest, payBy?: string): Published<'order'>[] {
  const amount = request.qty * request.price
  if (!Number.isSafeInteger(amount)) throw new Refused('amount-too-large')
  return [OrderPlaced({ orderId, ...request, amount, ...(payBy === undefined ? {} : { payBy }) })]
}

/** Accepted while the order is not final; a second cancel publishes nothing. */
export function cancel(order: Order | undefined, reason: CancelReason): Published<'order'>[] {
  if (!order) throw new Refused('order-not-found')
  if (isFinal(order.status)) throw new Refused('order-already-final')
  return order.facts.includes('OrderCancelled') ? [] : [OrderCancelled({ orderId: order.id, reason })]
}

/** Whether payment has decided. Any consumed event proves it: delivery publishes nothing before payment does. */
export const isDecided = ({ facts }: Order): boolean =>
  facts.some((fact) => fact !== 'OrderPlaced' && fact !== 'OrderCancelled')

/** Strict wait or payment deadline expired: cancel unless payment has decided. */
export function timeOut(order: Order | undefined): Published<'order'>[] {
  return order && isDecided(order) ? [] : cancel(order, 'payment-timeout')
}

/** An order publishes nothing in reaction: a consumed event becomes one of its facts, and its status follows. */
export const react = (_order: Order | undefined, _event: Consumed<'order'>): Published<'order'>[] => []

/** The order after an event, its own or a consumed one; the same object when nothing changes. */
export function evolve(order: Order | undefined, event: OrderEvent & { time: string }): Order | undefined {
  if (!order) {
    if (event.name !== 'OrderPlaced') return undefined
    const { orderId: id, payBy: _, ...request } = event.data
    const facts = [event.name]
    return { id, ...request, facts, status: statusOf(new Set(facts)), placedAt: event.time }
  }
  if (order.facts.includes(event.name)) return order
  const facts = [...order.facts, event.name].sort((a, b) => (a < b ? -1 : 1))
  return { ...order, facts, status: statusOf(new Set(facts)) }
}
