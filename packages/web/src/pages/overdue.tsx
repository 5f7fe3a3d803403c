import { client } from '../api/client.ts'
import { shortId } from '../order/orders.ts'
import { StatusMark } from '../order/statuses.tsx'
import { t } from '../texts/texts.ts'
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
      <h1>{t.overdue.title}</h1>
      <ListState items={page?.items} error={error} empty={t.overdue.none} />
      {page && page.items.length > 0 && (
        <>
          <p>
            {(page.next === undefined ? t.overdue.count : t.overdue.countOfMore)(count(page.items.length))}
          </p>
          <div class="scroll">
            <Table
              items={page.items}
              keyOf={({ orderId }) => orderId}
              columns={{
                [t.common.order]: ({ orderId }) => (
                  <a class="id" href={`#/orders/${orderId}`}>
                    {shortId(orderId)}
                  </a>
                ),
                [t.overdue.overdueBy]: ({ waitsFor }) => durationSince(waitsFor?.until),
                [t.common.status]: ({ status }) => <StatusMark status={status} />,
                [t.common.waitingFor]: ({ waitsFor }) => waitsFor && oneOf(waitsFor.events),
                [t.overdue.waiting]: ({ waitsFor }) => durationSince(waitsFor?.since),
                [t.common.branch]: ({ branchId }) => branchId,
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
