import { useEffect, useMemo, useRef } from 'preact/hooks'
import { client, may } from '../api/client.ts'
import { OutcomesChart } from '../charts/outcomes-chart.tsx'
import { TimesChart } from '../charts/times-chart.tsx'
import { useConnection } from '../live/connection.tsx'
import { Failure } from '../ui/parts.tsx'
import { route } from '../ui/router.ts'
import { type BoardData, openBoard } from './board-data.ts'
import { Columns } from './columns.tsx'
import { type BoardFilter, filterIn, loadKeyOf } from './filter.ts'
import { FilterForm } from './filter-form.tsx'
import { PlaceForm } from './place-form.tsx'
import { useStatistics } from './statistics.ts'

/** The start page: the order form, the filter, the charts, and the orders in a column for each status. */
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

function LiveBoard({ filter }: { filter: BoardFilter }) {
  const last = useRef<BoardData | undefined>(undefined)
  const board = useMemo(() => openBoard(client, filter, last.current?.orders.peek()), [loadKeyOf(filter)])
  last.current = board
  useEffect(() => board.close, [board])
  useConnection(board.connection)
  const { found, shown, error } = useStatistics(filter)
  return (
    <>
      {!error && (
        <div class="charts">
          {shown && <OutcomesChart {...shown} />}
          {shown && <TimesChart {...shown.delivery} />}
        </div>
      )}
      <Failure error={board.error.value ?? error} />
      <Columns board={board} filter={filter} statistics={found} />
      {board.hasOlder.value && (
        <p class="more">
          <button type="button" disabled={board.loading.value} onClick={() => void board.readOlder()}>
            Load older orders
          </button>
        </p>
      )}
    </>
  )
}
