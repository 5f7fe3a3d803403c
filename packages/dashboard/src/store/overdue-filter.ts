import type { Status } from '@saucery/contracts/status'
import type { Filter } from 'mongodb'
import type { OrderView } from '../view/order-view.ts'
import { type Deadlines, deadlineOf, isOpen } from '../view/waits-for.ts'

export interface OverdueAt {
  readonly deadlines: Deadlines
  readonly now: number
}

// The same rule as `waitsFor` applies to one order. Times have one form, so comparing them as text compares the times.
// (view-store.int.test: "finds overdue exactly the orders that wait too long, and counts them")
export function overdueAt({ deadlines, now }: OverdueAt, status: Status): Filter<OrderView> {
  if (!isOpen(status)) throw new Error(`an order that is ${status} waits for nothing`)
  const before = (ms: number) => ({ $lt: new Date(now - ms).toISOString() })
  const late = { since: before(deadlines[deadlineOf[status]]) }
  return status === 'PLACED' ? { $or: [{ ...late, payBy: { $exists: false } }, { payBy: before(0) }] } : late
}
