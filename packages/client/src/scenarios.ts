import { type OrderPlan, orderPlans, type PlanName } from '@saucery/contracts/order-plans'
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

export type ScenarioName = PlanName

const paths = {
  complete: '/deliveries/{id}/complete',
  fail: '/deliveries/{id}/fail',
  cancel: '/orders/{id}/cancel',
} as const

const actOf =
  ({ act }: OrderPlan): Scenario['act'] =>
  async (client, id, until) => {
    if (!act) return
    if (act.when === 'on its way') {
      const { status } = await until(hasLeft)
      if (act.call === 'complete' && isFinal(status)) return
    }
    await client.post(paths[act.call], { path: { id } })
  }

export const scenarios = Object.fromEntries(
  Object.entries<OrderPlan>(orderPlans).map(([name, plan]) => [name, { ...plan, act: actOf(plan) }]),
) as Readonly<Record<ScenarioName, Scenario>>

export const hasHappened = ({ timeline }: OrderView, event: EventName): boolean =>
  timeline.some((entry) => entry.event === event)

/** On its way, or at its end already: with `DELIVERY_DURATION_MS` deliveries complete by themselves. */
const hasLeft = (view: OrderView) => hasHappened(view, 'DeliveryStarted') || isFinal(view.status)
