import { isFinal, type Status } from '@saucery/contracts/status'
import type { Client } from './client.ts'
import type { EventName, OrderRequest, OrderView } from './schemas.ts'

/** How an order is placed, what happens to it, and how it ends. */
export interface Scenario {
  readonly order: OrderRequest
  /** How it ends. */
  readonly expected: Status
  /** What the customer or the courier does after the order is placed. */
  act(client: Client, orderId: string, until: Until): Promise<void>
}

/** Resolves with the order's view as soon as the predicate holds; rejects when that takes too long. */
export type Until = (holds: (view: OrderView) => boolean) => Promise<OrderView>

export type ScenarioName = 'delivered' | 'declined' | 'cancelled at once' | 'cancelled on the way' | 'failed'

const order: OrderRequest = { branchId: 'gangnam', sauceId: 'gochujang', qty: 3, price: 4_000 }
/** Costs more than any limit of the payment provider. */
const unaffordable: OrderRequest = { ...order, price: 1_000_000_000 }

const onItsWay =
  (path: '/orders/{id}/cancel' | '/deliveries/{id}/fail'): Scenario['act'] =>
  async (client, id, until) => {
    await until(hasLeft)
    await client.post(path, { path: { id } })
  }

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  delivered: {
    order,
    expected: 'DELIVERED',
    async act(client, id, until) {
      const { status } = await until(hasLeft)
      if (!isFinal(status)) await client.post('/deliveries/{id}/complete', { path: { id } })
    },
  },
  declined: { order: unaffordable, expected: 'REJECTED', async act() {} },
  // The cancel races the payment: a charge is voided before it is made, or refunded.
  'cancelled at once': {
    order,
    expected: 'CANCELLED',
    async act(client, id) {
      await client.post('/orders/{id}/cancel', { path: { id } })
    },
  },
  'cancelled on the way': { order, expected: 'CANCELLED', act: onItsWay('/orders/{id}/cancel') },
  failed: { order, expected: 'FAILED', act: onItsWay('/deliveries/{id}/fail') },
}

export const hasHappened = ({ timeline }: OrderView, event: EventName): boolean =>
  timeline.some((entry) => entry.event === event)

/** On its way, or at its end already: with `DELIVERY_DURATION_MS` deliveries complete by themselves. */
const hasLeft = (view: OrderView) => hasHappened(view, 'DeliveryStarted') || isFinal(view.status)
