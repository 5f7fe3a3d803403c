import { useEffect, useMemo, useRef } from 'preact/hooks'
import { api } from '../api/client.ts'
import { may } from '../api/session.ts'
import type { Order, Statistics, Status } from '../api/types.ts'
import { Charts } from '../charts/charts.tsx'
import { useConnection } from '../live/connection.tsx'
import { byAge } from '../order/orders.ts'
import { classOf, ended, underway } from '../order/statuses.ts'
import { count } from '../ui/format.ts'
import { now } from '../ui/now.ts'
import { Failure } from '../ui/parts.tsx'
import { route } from '../ui/router.ts'
import { narrow } from '../ui/screen.ts'
import type { BoardData } from './board-data.ts'
import { openBoard } from './board-data.ts'
import { Card, useKeptFocus } from './card.tsx'
import { addressOf, type Filter, filterIn, matches, ranges, readBy } from './filter.ts'
import { FilterForm } from './filter-form.tsx'
import { PlaceForm } from './place-form.tsx'
import { readStatistics } from './statistics.ts'

/** Where every order stands, as it moves. */
export function Board() {
  const search = route.value.query.toString()
  const filter = useMemo(() => filterIn(new URLSearchParams(search)), [search])
  return (
    <>
      <h1 class="hidden">Orders</h1>
      <div class="board-page">
        {may('place-orders') && <PlaceForm />}
        <div class="board-main">
          <FilterForm filter={filter} />
          <LiveBoard filter={filter} />
        </div>
      </div>
    </>
  )
}

function LiveBoard({ filter }: { filter: Filter }) {
  const read = readBy(filter)
  const last = useRef<BoardData | undefined>(undefined)
  const board = useMemo(() => openBoard(api, filter, last.current?.orders.peek()), [read])
  last.current = board
  useEffect(() => board.close, [board])
  useConnection(board.connection)
  const statistics = useStatistics(filter)
  return (
    <>
      {!statistics.error && <Charts statistics={statistics.shown} />}
      <Failure error={board.error.value ?? statistics.error} />
      <Columns board={board} filter={filter} statistics={statistics.found} />
      <More board={board} />
    </>
  )
}

/** What is shown: of the time and branch before, until there is an answer. */
function useStatistics({ range, branchId }: Filter) {
  const { found, error, close } = useMemo(() => readStatistics(range, branchId), [range, branchId])
  useEffect(() => close, [close])
  const before = useRef<Statistics | undefined>(undefined)
  if (found.value) before.current = found.value
  return { found: found.value, shown: before.current, error: found.value ? undefined : error.value }
}

function Columns({
  board,
  filter,
  statistics,
}: {
  board: BoardData
  filter: Filter
  statistics: Statistics | undefined
}) {
  const time = now.value
  useKeptFocus()
  const shown = byAge(board.orders.value.values()).filter((order) => matches(order, filter, time))
  const groups = grouped(shown)
  if (!board.known.value && shown.length === 0)
    return board.error.value ? null : <p class="nothing">Reading the orders…</p>
  if (shown.length === 0) return <p class="nothing">{nothing(filter)}</p>
  const column = (status: Status) => (
    <Column
      key={status}
      status={status}
      orders={groups.get(status) ?? []}
      total={totalOf(
        status,
        groups.get(status)?.length ?? 0,
        filter,
        board.more.value ? statistics : undefined,
      )}
      filter={filter}
      now={time}
    />
  )
  if (filter.status) return <div class="columns one">{column(filter.status)}</div>
  return (
    <>
      <div class="columns underway">{underway.map(column)}</div>
      <div class="columns ended">{ended.map(column)}</div>
    </>
  )
}

const nothing = ({ range, id }: Filter) =>
  id === undefined
    ? `No such orders in the last ${ranges[range].label}. They appear here by themselves as they are placed.`
    : 'None of the orders here. A whole id opens an order wherever it is.'

const grouped = (orders: readonly Order[]) => {
  const groups = new Map<Status, Order[]>()
  for (const order of orders) groups.set(order.status, [...(groups.get(order.status) ?? []), order])
  return groups
}

/** As many as are here, or as the statistics know of where not all are here and they count the same. */
function totalOf(
  status: Status,
  here: number,
  { sauceId, overdue, id }: Filter,
  known: Statistics | undefined,
): number {
  if (!known || sauceId !== undefined || id !== undefined || overdue) return here
  return Math.max(here, known.byStatus[status])
}

/** Cards that a column shows; for the others there is the filter. */
const cardsInColumn = { narrow: 4, wide: 40, alone: 2000 }

function Column({
  status,
  orders,
  total,
  filter,
  now: time,
}: {
  status: Status
  orders: readonly Order[]
  total: number
  filter: Filter
  now: number
}) {
  const id = `column-${status.toLowerCase()}`
  const alone = filter.status !== undefined
  const cards = orders.slice(0, cardsInColumn[alone ? 'alone' : narrow.value ? 'narrow' : 'wide'])
  return (
    <section class={`column ${classOf(status)}${cards.length === 0 ? ' empty' : ''}`} aria-labelledby={id}>
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
          All {count(total)} {status}
        </a>
      )}
    </section>
  )
}

function More({ board }: { board: BoardData }) {
  if (!board.more.value) return null
  return (
    <p class="more">
      <button type="button" disabled={board.loading.value} onClick={() => void board.readMore()}>
        Load older orders
      </button>
    </p>
  )
}
