import type { OrderView, Statistics } from '@saucery/client/schemas'
import type { Status } from '@saucery/contracts/status'
import { newestFirst } from '../order/orders.ts'
import { classOf, ended, underway } from '../order/statuses.tsx'
import { count } from '../ui/format.ts'
import { narrow, now } from '../ui/screen.ts'
import type { BoardData } from './board-data.ts'
import { Card, useKeptFocus } from './card.tsx'
import { addressOf, type BoardFilter, matches, timeRanges } from './filter.ts'

interface ColumnsProps {
  readonly board: BoardData
  readonly filter: BoardFilter
  readonly statistics: Statistics | undefined
}

/** The orders that match the filter, in a column for each status. */
export function Columns({ board, filter, statistics }: ColumnsProps) {
  const time = now.value
  useKeptFocus()
  const shown = newestFirst(board.orders.value.values()).filter((order) => matches(order, filter, time))
  if (!board.isRead.value && shown.length === 0)
    return board.error.value ? null : <p class="nothing">Loading orders…</p>
  if (shown.length === 0) return <p class="nothing">{noneText(filter)}</p>
  const known = board.hasOlder.value ? statistics : undefined
  const column = (status: Status) => <Column key={status} {...{ status, shown, filter, known }} />
  if (filter.status) return <div class="columns one">{column(filter.status)}</div>
  return (
    <>
      <div class="columns underway">{underway.map(column)}</div>
      <div class="columns ended">{ended.map(column)}</div>
    </>
  )
}

const noneText = ({ range, id }: BoardFilter) =>
  id === undefined
    ? `No orders match in the last ${timeRanges[range].label}. New ones appear here by themselves.`
    : 'No loaded order has this in its id. Enter a whole id to open any order.'

/** The loaded orders; or the count of the statistics where not all are loaded and the filter is the same. */
function totalOf(
  status: Status,
  loaded: number,
  { sauceId, overdue, id }: BoardFilter,
  known: Statistics | undefined,
): number {
  if (!known || sauceId !== undefined || id !== undefined || overdue) return loaded
  return Math.max(loaded, known.byStatus[status])
}

/** The most cards in a column. */
const mostCards = { narrow: 4, wide: 40, alone: 2000 }

interface ColumnProps {
  readonly status: Status
  readonly shown: readonly OrderView[]
  readonly filter: BoardFilter
  readonly known: Statistics | undefined
}

function Column({ status, shown, filter, known }: ColumnProps) {
  const orders = shown.filter((order) => order.status === status)
  const total = totalOf(status, orders.length, filter, known)
  const id = `column-${status.toLowerCase()}`
  const alone = filter.status !== undefined
  const cards = orders.slice(0, mostCards[alone ? 'alone' : narrow.value ? 'narrow' : 'wide'])
  return (
    <section class={`column ${classOf(status)}${cards.length === 0 ? ' empty' : ''}`} aria-labelledby={id}>
      <h2 id={id}>
        {status} <span class="count">{count(total)}</span>
      </h2>
      <ul>
        {cards.map((order) => (
          <Card key={order.orderId} order={order} now={now.value} />
        ))}
      </ul>
      {!alone && total > cards.length && (
        <a class="rest" href={addressOf({ ...filter, status })}>
          Show all {count(total)} {status}
        </a>
      )}
    </section>
  )
}
