import type { OrderView } from '../view/order-view.ts'
import { type Deadlines, waitsFor } from '../view/waits-for.ts'

/** The order as it is shown at this moment. */
export const viewToJson = (deadlines: Deadlines) => (view: OrderView) => {
  const { _id: orderId, payBy: _, projection: __, timeline, ...told } = view
  const waiting = waitsFor(view, deadlines, Date.now())
  return { orderId, ...told, ...(waiting && { waitsFor: waiting }), timeline }
}
