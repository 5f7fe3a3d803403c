import type { OrderView, Statistics } from '@saucery/client/schemas'
import type { Status } from '@saucery/contracts/status'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { isOverdue, newestFirst, placedMs, shortId } from '../order/orders.ts'
import { classOf, ended, underway } from '../order/statuses.tsx'
import { age, count, formatWon } from '../ui/format.ts'
import { narrow, now } from '../ui/screen.ts'
import type { BoardData } from './board-data.ts'
import { addressOf, type BoardFilter, matches, timeRanges } from './filter.ts'

interface ColumnsProps {
  readonly board: BoardData
  readonly filter: BoardFilter
  readonly statistics: Statistics | undefined
}

export function Columns({ board, filter, statistics }: ColumnsProps) {
  const time = now.value
  useKeptFocus()
  const shown = newestFirst(board.orders.value.values()).filter((order) => matches(order, filter, time))
  if (!board.isRead.value && shown.length === 0)
    return board.error.value ? null : <p class="nothing">Loading orders…</p>
  if (shown.length === 0) return <p class="nothing">{noneText(filter)}</p>
  const alone = filter.status !== undefined
  const mostCards = alone ? 2000 : narrow.value ? 4 : 40
  // Where not all orders are loaded, the statistics know how many there are, if they have the same filter.
  const isCounted = filter.sauceId === undefined && filter.id === undefined && !filter.overdue
  const known = board.hasOlder.value && isCounted ? statistics?.byStatus : undefined

  function column(status: Status) {
    const orders = shown.filter((order) => order.status === status)
    const cards = orders.slice(0, mostCards)
    const total = Math.max(orders.length, known?.[status] ?? 0)
    const id = `column-${status.toLowerCase()}`
    return (
      <section
        key={status}
        class={`column ${classOf(status)}${cards.length === 0 ? ' empty' : ''}`}
        aria-labelledby={id}
      >
        <h2 id={id}>
          {status} <span class="count">{count(total)}</span>
        </h2>
        <ul>
          {cards.map((order) => (
            <Card key={order.orderId} order={order} now={time} />
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

function Card({ order, now }: { order: OrderView; now: number }) {
  const { orderId, branchId, sauceId, qty, amount } = order
  const late = isOverdue(order, now)
  return (
    <li class={late ? 'card late' : 'card'}>
      <a href={`#/orders/${orderId}`} data-order={orderId}>
        <span class="ends">
          <span class="id">{shortId(orderId)}</span>{' '}
          <span class="age">{age(Math.max(0, now - placedMs(orderId)))}</span>
        </span>
        <span class="what">{sauceId === undefined ? 'details not known yet' : `${qty} × ${sauceId}`}</span>
        <span class="ends">
          <span class="branch">{branchId}</span> {amount !== undefined && <span>{formatWon(amount)}</span>}
        </span>
        {late && <span class="late-mark">overdue</span>}
      </a>
    </li>
  )
}

/** A card that moves to another column is a new element: gives it the focus that the old one had. */
function useKeptFocus(): void {
  const last = useRef<string | undefined>(undefined)
  useEffect(() => {
    const remember = ({ target }: Event) => {
      last.current = target instanceof HTMLElement ? target.dataset.order : undefined
    }
    // A press elsewhere ends it.
    const events = ['focusin', 'pointerdown']
    for (const event of events) document.addEventListener(event, remember)
    return () => {
      for (const event of events) document.removeEventListener(event, remember)
    }
  }, [])
  useLayoutEffect(() => {
    if (last.current === undefined || document.activeElement !== document.body) return
    document
      .querySelector<HTMLElement>(`[data-order="${CSS.escape(last.current)}"]`)
      ?.focus({ preventScroll: true })
  })
}
