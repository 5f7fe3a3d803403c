import type { Statistics } from '@saucery/client/schemas'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { audience, client, may } from '../api/client.ts'
import { OutcomesChart } from '../charts/outcomes-chart.tsx'
import { TimesChart } from '../charts/times-chart.tsx'
import { Flow } from '../flow/flow.tsx'
import { useConnection } from '../live/connection.tsx'
import { Failure } from '../ui/parts.tsx'
import { route } from '../ui/router.ts'
import { usePolled } from '../ui/use-polled.tsx'
import { type BoardData, openBoard } from './board-data.ts'
import { Columns } from './columns.tsx'
import { type BoardFilter, filterIn, loadKeyOf, timeRanges } from './filter.ts'
import { FilterForm } from './filter-form.tsx'
import { PlaceForm } from './place-form.tsx'

export function Board() {
  const search = route.value.query.toString()
  const filter = useMemo(() => filterIn(new URLSearchParams(search)), [search])
  return (
    <>
      <h1 class="hidden">Orders</h1>
      <Flow />
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
  const board = useMemo(
    () => openBoard(client, audience.peek(), filter, last.current?.orders.peek()),
    [loadKeyOf(filter)],
  )
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

/**
 * Polls the statistics of the filter's time range and branch.
 * @returns `shown`: after a change of the filter the last ones, until the new ones are `found`
 */
function useStatistics({ range, branchId }: BoardFilter) {
  const { ms } = timeRanges[range]
  const stepMs = Math.max(60_000, ms / 60)
  const read = (signal: AbortSignal) => {
    // Whole steps, so that bars keep their place as time goes by.
    const end = Math.ceil(Date.now() / stepMs) * stepMs
    const [since, until] = [new Date(end - ms).toISOString(), new Date(end).toISOString()]
    return client.get('/orderDashboards/statistics', { query: { since, until, stepMs, branchId }, signal })
  }
  const { found, error } = usePolled<Statistics>(read, 5000, [range, branchId])
  const last = useRef<Statistics>(undefined)
  const shown: Statistics | undefined = found ?? last.current
  last.current = shown
  return { found, shown, error: found ? undefined : error }
}
