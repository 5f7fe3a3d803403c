import type { Status } from './status.ts'

/** How an order is placed, what a person does with it then, and how it ends. */
export interface OrderPlan {
  readonly order: {
    readonly branchId: string
    readonly sauceId: string
    readonly qty: number
    readonly price: number
  }
  readonly expected: Status
  readonly act?: {
    readonly when: 'at once' | 'on its way'
    readonly call: 'cancel' | 'complete' | 'fail'
  }
}

export type PlanName = 'delivered' | 'declined' | 'cancelled at once' | 'cancelled on the way' | 'failed'

const order = { branchId: 'gangnam', sauceId: 'gochujang', qty: 3, price: 4_000 }
/** Costs more than any limit of the payment provider. */
const unaffordable = { ...order, price: 1_000_000_000 }

/** The ways that orders go in the demo, in the bench, in tests and in drills. */
export const orderPlans: Readonly<Record<PlanName, OrderPlan>> = {
  delivered: { order, expected: 'DELIVERED', act: { when: 'on its way', call: 'complete' } },
  declined: { order: unaffordable, expected: 'REJECTED' },
  // The cancel races the payment: a charge is voided before it is made, or refunded.
  'cancelled at once': { order, expected: 'CANCELLED', act: { when: 'at once', call: 'cancel' } },
  'cancelled on the way': { order, expected: 'CANCELLED', act: { when: 'on its way', call: 'cancel' } },
  failed: { order, expected: 'FAILED', act: { when: 'on its way', call: 'fail' } },
}
