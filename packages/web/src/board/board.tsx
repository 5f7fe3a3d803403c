import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { audience, client, may } from '../api/client.ts'
import { OutcomesChart } from '../charts/outcomes-chart.tsx'
import { TimesChart } from '../charts/times-chart.tsx'
import { Flow } from '../flow/flow.tsx'
import { useConnection } from '../live/connection.tsx'
import { t } from '../texts/texts.ts'
import { Failure } from '../ui/parts.tsx'
import { route } from '../ui/router.ts'
import { now } from '../ui/screen.ts'
import { useAction } from '../ui/use-action.ts'
import { useTitle } from '../ui/use-title.ts'
import { type BoardData, openBoard } from './board-data.ts'
import { Columns } from './columns.tsx'
import {
  addressOf,
  type BoardFilter,
  defaultRange,
  filterIn,
  filterText,
  loadKeyOf,
  matches,
} from './filter.ts'
import { FilterForm } from './filter-form.tsx'
import { type BoardNumbers, boardNumbers } from './numbers.ts'
import { PlaceForm } from './place-form.tsx'
import { useNamesSeen } from './use-names-seen.ts'
import { useRangeOfData } from './use-range-of-data.ts'
import { useStatistics } from './use-statistics.ts'

export function Board() {
  const search = route.value.query.toString()
  const [usual, setUsual] = useState(defaultRange)
  const filter = useMemo(() => filterIn(new URLSearchParams(search), usual), [search, usual])
  useTitle(addressOf(filter) === '#/' ? t.board.title : `${t.board.title}: ${filterText(filter)}`)
  return (
    <>
      <h1 class="hidden">{t.board.title}</h1>
      <Flow />
      <div class="board-page">
        {may('place-orders') && <PlaceForm />}
        <LiveBoard filter={filter} setUsual={setUsual} />
      </div>
    </>
  )
}

interface LiveBoardProps {
  readonly filter: BoardFilter
  readonly setUsual: (range: BoardFilter['range']) => void
}

function LiveBoard({ filter, setUsual }: LiveBoardProps) {
  const last = useRef<BoardData | undefined>(undefined)
  const board = useMemo(
    () => openBoard(client, audience.peek(), filter, { before: last.current?.orders.peek() }),
    [loadKeyOf(filter)],
  )
  last.current = board
  useEffect(() => board.close, [board])
  useConnection(board.connection)
  useRangeOfData(board, filter, setUsual)
  const { received, error } = useStatistics(board, filter)
  const [orders, time] = [board.orders.value, now.value]
  const shown = [...orders.values()].filter((order) => matches(order, filter, time))
  const numbers = board.isRead.value
    ? boardNumbers(filter, { orders, hasOlder: board.hasOlder.value }, shown, received, time)
    : undefined
  const { act } = useAction()
  return (
    <div class="board-main">
      <FilterForm filter={filter} seen={useNamesSeen(orders)} />
      {!error && <Charts numbers={numbers} />}
      <Failure error={board.error.value ?? error} />
      <Columns board={board} filter={filter} shown={shown} numbers={numbers} />
      {board.hasOlder.value && (
        <p class="more">
          <button type="button" aria-disabled={board.loading.value} onClick={() => void act(board.readOlder)}>
            {t.board.older}
          </button>
        </p>
      )}
    </div>
  )
}

/** After a change of the filter the last numbers, until the new ones are there. */
function Charts({ numbers }: { numbers: BoardNumbers | undefined }) {
  const last = useRef(numbers)
  last.current = numbers ?? last.current
  const shown = last.current
  const scope = shown && filterText(shown.scope)
  return (
    <div class="charts">
      {shown && scope && <OutcomesChart of={shown.counted} scope={scope} />}
      {shown && scope && <TimesChart of={shown.counted.delivery} scope={scope} />}
    </div>
  )
}
