import type { OrderView } from '@saucery/client/schemas'
import type { Status } from '@saucery/contracts/status'
import { useRef } from 'preact/hooks'
import { placedMs, shortId } from '../order/orders.ts'
import { classOf, ended, StatusMark } from '../order/statuses.tsx'
import { t } from '../texts/texts.ts'
import { age, duration, formatWon } from '../ui/format.ts'
import { now } from '../ui/screen.ts'
import { Table } from '../ui/table.tsx'
import { useHeld } from '../ui/use-held.ts'
import { whatOf } from './card.tsx'

interface FinishedProps {
  readonly orders: readonly OrderView[]
  /** How many there are of a status, as text. */
  readonly countOf: (status: Status) => string
  readonly addressFor: (status: Status) => string
  /** The status that the filter chose; undefined for all. */
  readonly only?: Status | undefined
  /** Another filter shows its orders at once. */
  readonly filterKey: string
}

const mostRows = 12

/** The latest finished orders, and how many ended how. */
export function Finished({ orders, countOf, addressFor, only, filterKey }: FinishedProps) {
  const list = useRef<HTMLElement>(null)
  const latest = [...orders]
    .sort((a, b) => (a.since < b.since ? 1 : -1))
    .slice(0, only ? undefined : mostRows)
  const { rows, added, release } = useHeld(list, latest, ({ orderId }) => orderId, filterKey)
  return (
    <section
      class="finished"
      ref={list}
      aria-labelledby="column-finished"
      onPointerLeave={release}
      onFocusOut={release}
    >
      <h2 id="column-finished">
        {t.board.finished} <span role="status">{added > 0 && t.board.added(String(added))}</span>
      </h2>
      <ul class="ends-of">
        {ended.map((status) => (
          <li key={status} class={classOf(status)}>
            <a class="end" href={addressFor(status)} aria-current={status === only ? 'true' : undefined}>
              {status} {(only === undefined || only === status) && <b>{countOf(status)}</b>}
            </a>
          </li>
        ))}
      </ul>
      {rows.length > 0 && (
        <div class="scroll">
          <Table
            items={rows.map(({ item }) => item)}
            keyOf={({ orderId }) => orderId}
            columns={{
              [t.board.order]: ({ orderId }) => (
                <a class="id" href={`#/orders/${orderId}`} data-order={orderId}>
                  {shortId(orderId)}
                </a>
              ),
              [t.board.status]: ({ status }) => <StatusMark status={status} />,
              [t.board.sauce]: whatOf,
              [t.board.branch]: ({ branchId }) => branchId,
              [t.board.amount]: ({ amount }) => amount !== undefined && formatWon(amount),
              [t.board.took]: ({ tookMs }) => tookMs !== undefined && duration(tookMs),
              [t.board.age]: ({ orderId }) => age(Math.max(0, now.value - placedMs(orderId))),
            }}
          />
        </div>
      )}
    </section>
  )
}
