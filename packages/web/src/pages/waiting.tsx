import type { Order } from '../api/types.ts'
import { shortId } from '../order/orders.ts'
import { count, duration, oneOf } from '../ui/format.ts'
import { now } from '../ui/now.ts'
import { MorePages, usePage } from '../ui/paged.tsx'
import { Failure, StatusMark } from '../ui/parts.tsx'

const everyMs = 5000

/** The orders that have waited longer than they should, whenever they were placed. */
export function WaitingPage() {
  const { page, error } = usePage<Order>('orderDashboards?overdue=true&limit=200', everyMs)
  return (
    <section>
      <h1>Waiting too long</h1>
      <Failure error={error} />
      {!page && !error && <p class="nothing">Reading the orders…</p>}
      {page?.items.length === 0 && <p class="nothing">No order waits longer than it should.</p>}
      {page && page.items.length > 0 && (
        <>
          <p>
            {count(page.items.length)}
            {page.next && ' and more'} {page.items.length === 1 ? 'order waits' : 'orders wait'} too long.
          </p>
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Order</th>
                  <th scope="col">Too long by</th>
                  <th scope="col">Status</th>
                  <th scope="col">Waits for</th>
                  <th scope="col">For</th>
                  <th scope="col">Branch</th>
                </tr>
              </thead>
              <tbody>
                {page.items.map((order) => (
                  <Late key={order.orderId} order={order} />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      <MorePages next={page?.next} />
    </section>
  )
}

function Late({ order: { orderId, status, branchId, waitsFor } }: { order: Order }) {
  const since = waitsFor ? duration(Math.max(0, now.value - Date.parse(waitsFor.since))) : ''
  const by = waitsFor?.until ? duration(Math.max(0, now.value - Date.parse(waitsFor.until))) : ''
  return (
    <tr>
      <th scope="row">
        <a class="id" href={`#/orders/${orderId}`}>
          {shortId(orderId)}
        </a>
      </th>
      <td>{by}</td>
      <td>
        <StatusMark status={status} />
      </td>
      <td>{waitsFor && oneOf(waitsFor.events)}</td>
      <td>{since}</td>
      <td>{branchId}</td>
    </tr>
  )
}
