import type { Entry, Order } from '../api/types.ts'
import { clock, dayOf, duration, oneOf } from '../ui/format.ts'
import { now } from '../ui/now.ts'
import { narrow } from '../ui/screen.ts'
import { isOverdue } from './orders.ts'
import { type Arrow, type Lane, laneOf, lanes, layoutOf, type Origin, type Row } from './timeline-layout.ts'

interface Sizes {
  readonly row: number
  readonly lane: number
}

// Pixels where letters have their usual size. The rows beside are as high in CSS, and both grow with the letters.
const wide: Sizes = { row: 64, lane: 64 }
/** Where the text beside needs more lines, and the picture has less room. */
const slim: Sizes = { row: 100, lane: 30 }
const head = 24
const rem = (pixels: number) => `${pixels / 16}rem`

const xOf = (lane: Lane, sizes: Sizes) => (lanes.indexOf(lane) + 0.5) * sizes.lane
const yOf = (row: number, sizes: Sizes) => head + (row + 0.5) * sizes.row

/** Who said what, when, and because of what: each row of the list is a dot in the picture beside it. */
export function Timeline({ order }: { order: Order }) {
  const { rows, arrows } = layoutOf(order.timeline)
  const waits = order.waitsFor
  const sizes = narrow.value ? slim : wide
  const width = lanes.length * sizes.lane
  const height = head + (rows.length + (waits ? 1 : 0)) * sizes.row
  return (
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <div class="timeline">
        <svg
          class="picture"
          width={rem(width)}
          height={rem(height)}
          viewBox={`0 0 ${width} ${height}`}
          aria-hidden="true"
        >
          <Lanes height={height} sizes={sizes} />
          {arrows.map((arrow) => (
            <Curve key={`${arrow.to.row}`} arrow={arrow} sizes={sizes} />
          ))}
          {rows.map(({ entry, lane }, row) => (
            <circle key={entry.id} class={`dot ${lane}`} cx={xOf(lane, sizes)} cy={yOf(row, sizes)} r="7" />
          ))}
          {waits && <Awaited order={order} row={rows.length} sizes={sizes} />}
        </svg>
        <ol>
          {rows.map((row, i) => (
            <Told
              key={row.entry.id}
              row={row}
              rows={rows}
              isNewDay={isNewDay(row.entry, rows[i - 1]?.entry)}
            />
          ))}
          {waits && (
            <li class={isOverdue(order, now.value) ? 'awaited late' : 'awaited'}>
              <span class="event">{oneOf(waits.events)}</span>
              <span class="when">
                awaited{waits.until && ` until ${dayOf(waits.until)}, ${clock(waits.until).slice(0, 8)}`}
              </span>
            </li>
          )}
        </ol>
      </div>
    </section>
  )
}

const isNewDay = (entry: Entry, before: Entry | undefined) =>
  before === undefined || dayOf(before.time) !== dayOf(entry.time)

function Lanes({ height, sizes }: { height: number; sizes: Sizes }) {
  return lanes.map((lane) => (
    <g key={lane} class={`lane ${lane}`}>
      <line x1={xOf(lane, sizes)} x2={xOf(lane, sizes)} y1={head} y2={height} />
      <text x={xOf(lane, sizes)} y="14" text-anchor="middle">
        {sizes === slim ? lane.slice(0, 3) : lane}
      </text>
    </g>
  ))
}

/** From the cause's dot down and over to the effect's; its end is an arrow. */
function Curve({ arrow: { from, to }, sizes }: { arrow: Arrow; sizes: Sizes }) {
  const [x1, y1] = [xOf(from.lane, sizes), yOf(from.row, sizes)]
  const [x2, y2] = [xOf(to.lane, sizes), yOf(to.row, sizes)]
  const end = 10
  if (from.row === to.row) return <Line path={`M ${x1} ${y1} H ${x2 - end}`} tip={[x2 - end, y2, 0]} />
  if (from.lane === to.lane) {
    const bend = x1 - sizes.lane / 2.6
    return (
      <Line
        path={`M ${x1 - 5} ${y1 + 5} C ${bend} ${y1 + 18} ${bend} ${y2 - 18} ${x2 - 7} ${y2 - 8}`}
        tip={[x2 - 6, y2 - 7, 50]}
      />
    )
  }
  const down = y2 > y1 ? 1 : -1
  const tipY = y2 - end * down
  return (
    <Line
      path={`M ${x1} ${y1} C ${x1} ${y2 - sizes.row * 0.35 * down} ${x2} ${y1 + sizes.row * 0.3 * down} ${x2} ${tipY}`}
      tip={[x2, tipY, 90 * down]}
    />
  )
}

function Line({ path, tip: [x, y, angle] }: { path: string; tip: [number, number, number] }) {
  return (
    <g class="cause">
      <path d={path} />
      <path class="tip" d="M 2 0 L -5 -4 L -5 4 Z" transform={`translate(${x} ${y}) rotate(${angle})`} />
    </g>
  )
}

/** A hollow dot in each lane that may speak next. */
function Awaited({ order, row, sizes }: { order: Order; row: number; sizes: Sizes }) {
  const next = new Set(order.waitsFor?.events.map(laneOf))
  return [...next].map((lane) => (
    <circle key={lane} class={`dot awaited ${lane}`} cx={xOf(lane, sizes)} cy={yOf(row, sizes)} r="7" />
  ))
}

function Told({ row, rows, isNewDay: newDay }: { row: Row; rows: readonly Row[]; isNewDay: boolean }) {
  const { entry, lane, origin, causeRow, tookMs } = row
  const cause = causeRow === undefined ? undefined : rows[causeRow]?.entry.event
  const reason = entry.data.reason
  return (
    <li>
      <span class="event">
        {entry.event}
        {typeof reason === 'string' && <span class="reason"> {reason}</span>}
      </span>
      <span class="when">
        <time dateTime={entry.time}>
          {newDay && `${dayOf(entry.time)}, `}
          {clock(entry.time)}
        </time>
        <span class="by"> said by {lane}</span>,{' '}
        {origin === 'event' ? `because of ${cause}` : origins[origin]}
        {tookMs !== undefined && (
          <>
            , <b>{duration(tookMs)}</b> later
          </>
        )}
      </span>
    </li>
  )
}

const origins: Record<Exclude<Origin, 'event'>, string> = {
  request: 'on a request',
  clock: 'because time ran out',
  unheard: 'because of what is not heard of yet',
}
