import type { OrderView, TimelineEntry } from '@saucery/client/schemas'
import { clock, dayOf, duration, oneOf } from '../ui/format.ts'
import { now } from '../ui/screen.ts'
import { isOverdue } from './orders.ts'
import { layoutOf, type TimelineRow, type Trigger } from './timeline-layout.ts'
import { TimelinePicture } from './timeline-picture.tsx'

/** An order's events as a list: what, when, by which service and why. Each row has a dot in the picture beside it. */
export function Timeline({ order }: { order: OrderView }) {
  const { waitsFor, timeline } = order
  const layout = layoutOf(timeline)
  const { rows } = layout
  return (
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <div class="timeline">
        <TimelinePicture {...layout} {...(waitsFor && { waitsFor })} />
        <ol>
          {rows.map((row, i) => (
            <EventRow key={row.entry.id} row={row} isNewDay={startsDay(row.entry, rows[i - 1]?.entry)} />
          ))}
          {waitsFor && (
            <li class={isOverdue(order, now.value) ? 'awaited late' : 'awaited'}>
              <span class="event">{oneOf(waitsFor.events)}</span>
              <span class="when">
                expected
                {waitsFor.until && ` by ${dayOf(waitsFor.until)}, ${clock(waitsFor.until).slice(0, 8)}`}
              </span>
            </li>
          )}
        </ol>
      </div>
    </section>
  )
}

const startsDay = (entry: TimelineEntry, before: TimelineEntry | undefined) =>
  before === undefined || dayOf(before.time) !== dayOf(entry.time)

const causes: Record<Exclude<Trigger, 'event'>, string> = {
  request: 'a request',
  deadline: 'a deadline',
  'missing-event': 'an event not received yet',
}

function EventRow({ row, isNewDay }: { row: TimelineRow; isNewDay: boolean }) {
  const { entry, lane, trigger, cause, tookMs } = row
  const reason = entry.data.reason
  return (
    <li>
      <span class="event">
        {entry.event}
        {typeof reason === 'string' && <span class="reason"> {reason}</span>}
      </span>
      <span class="when">
        <time dateTime={entry.time}>
          {isNewDay && `${dayOf(entry.time)}, `}
          {clock(entry.time)}
        </time>
        <span class="by"> published by {lane}</span>, caused by{' '}
        {trigger === 'event' ? cause : causes[trigger]}
        {tookMs !== undefined && (
          <>
            , <b>{duration(tookMs)}</b> later
          </>
        )}
      </span>
    </li>
  )
}
