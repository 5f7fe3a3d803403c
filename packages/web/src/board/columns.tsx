import type { OrderView } from '@saucery/client/schemas'
import type { Status } from '@saucery/contracts/status'
import { useRef } from 'preact/hooks'
import { newestFirst } from '../order/orders.ts'
import { classOf, ended, underway } from '../order/statuses.tsx'
import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'
import { narrow, now } from '../ui/screen.ts'
import { useHeld } from '../ui/use-held.ts'
import type { BoardData } from './board-data.ts'
import { Card } from './card.tsx'
import { addressOf, type BoardFilter, loadKeyOf } from './filter.ts'
import { Finished } from './finished.tsx'
import type { BoardNumbers } from './numbers.ts'

interface ColumnsProps {
  readonly board: BoardData
  readonly filter: BoardFilter
  readonly shown: readonly OrderView[]
  readonly numbers: BoardNumbers | undefined
}

/** The orders under way in a column a status, and the finished ones in a table. */
export function Columns({ board, filter, shown, numbers }: ColumnsProps) {
  if (!board.isRead.value && shown.length === 0)
    return board.error.value ? null : <p class="nothing">{t.board.loading}</p>
  if (shown.length === 0)
    return <p class="nothing">{filter.id === undefined ? t.board.none : t.board.noneWithId}</p>
  const { status: only } = filter
  const sorted = newestFirst(shown)
  const ordersOf = (status: Status) => sorted.filter((order) => order.status === status)
  const countOf = (status: Status) => {
    const loaded = ordersOf(status).length
    if (!numbers) return loaded
    return numbers.isPart ? loaded : numbers.byStatus[status]
  }
  const isPart = numbers === undefined ? board.hasOlder.value : numbers.isPart
  const textOf = (status: Status) => `${count(countOf(status))}${isPart && countOf(status) > 0 ? '+' : ''}`
  const filterKey = loadKeyOf(filter)
  const addressFor = (status: Status) => addressOf({ ...filter, status })
  const columns = underway.filter((status) => only === undefined || only === status)
  const isEnded = ended.some((status) => status === only)
  return (
    <>
      {columns.length > 0 && (
        <div class={only ? 'columns one' : 'columns'}>
          {columns.map((status) => (
            <Column
              key={status}
              status={status}
              orders={ordersOf(status)}
              total={countOf(status)}
              totalText={textOf(status)}
              address={only ? undefined : addressFor(status)}
              filterKey={filterKey}
              find={(id) => board.orders.value.get(id)}
            />
          ))}
        </div>
      )}
      {(only === undefined || isEnded) && (
        <Finished
          orders={ended.flatMap((status) => ordersOf(status))}
          countOf={textOf}
          addressFor={addressFor}
          only={only}
          filterKey={filterKey}
        />
      )}
    </>
  )
}

interface ColumnProps {
  readonly status: Status
  readonly orders: readonly OrderView[]
  readonly total: number
  readonly totalText: string
  /** The address that shows all of them; undefined where this does. */
  readonly address: string | undefined
  readonly filterKey: string
  readonly find: (orderId: string) => OrderView | undefined
}

function Column({ status, orders, total, totalText, address, filterKey, find }: ColumnProps) {
  const list = useRef<HTMLElement>(null)
  const mostCards = address === undefined ? 2000 : narrow.value ? 6 : 40
  const cards = orders.slice(0, mostCards)
  const { rows, added, release } = useHeld(list, cards, ({ orderId }) => orderId, filterKey)
  const id = `column-${status.toLowerCase()}`
  return (
    <section
      ref={list}
      class={`column ${classOf(status)}${rows.length === 0 ? ' empty' : ''}`}
      aria-labelledby={id}
      onPointerLeave={release}
      onFocusOut={release}
    >
      <h2 id={id}>
        {status}{' '}
        <span class="added" role="status">
          {added > 0 && t.board.added(count(added))}
        </span>{' '}
        <span class="count">{totalText}</span>
      </h2>
      <ul>
        {rows.map(({ item, isGone }) => {
          const order = (isGone && find(item.orderId)) || item
          // A card that only made room for newer ones is still of this column.
          return (
            <Card
              key={item.orderId}
              order={order}
              now={now.value}
              isGone={isGone && order.status !== status}
            />
          )
        })}
      </ul>
      {address !== undefined && total > cards.length && (
        <a class="rest" href={address}>
          {t.board.showAll(totalText, status)}
        </a>
      )}
    </section>
  )
}
