import type { OrderJson } from './order-json.ts'
import type { OrderView } from './order-view.ts'
import { type Deadlines, waitsFor } from './waits-for.ts'

/** The document of an order as the API shows it. */
export function orderToJson(view: OrderView, deadlines: Deadlines, now: number): OrderJson {
  const { _id: orderId, payBy: _, projection: __, timeline, ...fields } = view
  const waiting = waitsFor(view, deadlines, now)
  return { orderId, ...fields, ...(waiting && { waitsFor: waiting }), timeline }
}
