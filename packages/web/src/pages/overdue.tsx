import { client } from '../api/client.ts'
import { shortId } from '../order/orders.ts'
import { StatusMark } from '../order/statuses.tsx'
import { count, duration, oneOf } from '../ui/format.ts'
import { ListState } from '../ui/parts.tsx'
import { now } from '../ui/screen.ts'
import { Table } from '../ui/table.tsx'
import { MorePages, usePage } from '../ui/use-polled.tsx'

const readOverdue = (cursor: string | undefined, signal: AbortSignal) =>
  client.get('/orderDashboards', { query: { overdue: 'true', limit: 200, cursor, timeline: 'none' }, signal })

/** All overdue orders, whenever they were placed. */
export function OverduePage() {
  const { page, error } = usePage(readOverdue, 5000)
  return (
    <section>
      <h1>Overdue orders</h1>
      <ListState items={page?.items} error={error} loading="Loading orders…" empty="No orders are overdue." />
      {page && page.items.length > 0 && (
        <>
          <p>
            {count(page.items.length)}
            {page.next && ' and more'} {page.items.length === 1 ? 'order is' : 'orders are'} overdue.
          </p>
          <div class="scroll">
            <Table
              items={page.items}
              keyOf={({ orderId }) => orderId}
              columns={{
                Order: ({ orderId }) => (
                  <a class="id" href={`#/orders/${orderId}`}>
                    {shortId(orderId)}
                  </a>
                ),
                'Overdue by': ({ waitsFor }) => durationSince(waitsFor?.until),
                Status: ({ status }) => <StatusMark status={status} />,
                'Waiting for': ({ waitsFor }) => waitsFor && oneOf(waitsFor.events),
                Waiting: ({ waitsFor }) => durationSince(waitsFor?.since),
                Branch: ({ branchId }) => branchId,
              }}
            />
          </div>
        </>
      )}
      <MorePages next={page?.next} />
    </section>
  )
}

const durationSince = (time: string | undefined) =>
  time === undefined ? '' : duration(Math.max(0, now.value - Date.parse(time)))
