import { isFinal, type Status } from '@saucery/contracts/status'
import type { Client, OrderRequest, View } from './client.ts'

/** Waits until the dashboard shows what is asked. */
export type Until = (holds: (view: View) => boolean) => Promise<View>

/** A way that an order can go. */
export interface Scenario {
  readonly name: string
  readonly expected: Status
  readonly order: OrderRequest
  /** What its customer or courier does. */
  act(client: Client, orderId: string, until: Until): Promise<void>
  /** A word on how it ended, where it could go in several ways. */
  how?(view: View): string
}

const usual: OrderRequest = { branchId: 'gangnam', sauceId: 'gochujang', qty: 3, price: 4_000 }

const happened = (view: View, event: string) => view.timeline.some((entry) => entry.event === event)

/** On its way: or past that already, when deliveries complete by themselves. */
const left = (view: View) => happened(view, 'DeliveryStarted') || isFinal(view.status)

export const scenarios: readonly Scenario[] = [
  {
    name: 'delivered',
    expected: 'DELIVERED',
    order: usual,
    async act(client, orderId, until) {
      if (!isFinal((await until(left)).status)) await client.complete(orderId)
    },
  },
  {
    name: 'declined',
    expected: 'REJECTED',
    order: { ...usual, price: 1_000_000_000 },
    async act() {},
  },
  {
    name: 'cancelled at once',
    expected: 'CANCELLED',
    order: usual,
    act: (client, orderId) => client.cancel(orderId),
    // The cancel races the payment; the customer gets the same either way.
    how: (view) =>
      happened(view, 'PaymentVoided')
        ? 'before any charge, which was voided'
        : 'after the charge: delivery cancelled, money refunded',
  },
  {
    name: 'cancelled on the way',
    expected: 'CANCELLED',
    order: usual,
    async act(client, orderId, until) {
      await until(left)
      await client.cancel(orderId)
    },
  },
  {
    name: 'not delivered',
    expected: 'FAILED',
    order: usual,
    async act(client, orderId, until) {
      await until(left)
      await client.fail(orderId)
    },
    how: () => 'money refunded',
  },
]
