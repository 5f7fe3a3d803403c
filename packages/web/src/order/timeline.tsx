import type { OrderView, TimelineEntry } from '@saucery/client/schemas'
import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../texts/texts.ts'
import { clock, dayOf, duration, oneOf } from '../ui/format.ts'
import { route } from '../ui/router.ts'
import { now } from '../ui/screen.ts'
import { serviceRows } from './choreography.ts'
import { EventPanel } from './event-panel.tsx'
import { isOverdue } from './orders.ts'
import { layoutOf, type TimelineRow, type Trigger } from './timeline-layout.ts'
import { TimelinePicture } from './timeline-picture.tsx'

/**
 * An order's events as a list: what, when, by which service and why. Each row opens to all that is known of its event,
 * and has a dot in the picture beside it.
 */
export function Timeline({ order }: { order: OrderView }) {
  const { waitsFor, timeline } = order
  const layout = layoutOf(timeline, serviceRows)
  const { rows } = layout
  /** The heights of the open panels, by the events' ids. */
  const [heights, setHeights] = useState<Readonly<Record<string, number>>>({})
  const setHeight = (id: string, height: number) => setHeights((known) => ({ ...known, [id]: height }))
  return (
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t.timeline.title}</h2>
      <div class="timeline">
        <TimelinePicture {...layout} heights={heights} {...(waitsFor && { waitsFor })} />
        <ol>
          {rows.map((row, i) => (
            <EventRow
              key={row.entry.id}
              orderId={order.orderId}
              row={row}
              isNewDay={startsDay(row.entry, rows[i - 1]?.entry)}
              onHeight={(height) => setHeight(row.entry.id, height)}
            />
          ))}
          {waitsFor && (
            <li class={isOverdue(order, now.value) ? 'awaited late' : 'awaited'}>
              <span class="event">{oneOf(waitsFor.events)}</span>
              <span class="when">
                {waitsFor.until === undefined
                  ? t.timeline.expected
                  : t.timeline.expectedBy(`${dayOf(waitsFor.until)}, ${clock(waitsFor.until).slice(0, 8)}`)}
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
  request: t.timeline.aRequest,
  deadline: t.timeline.aDeadline,
  'missing-event': t.timeline.aMissingEvent,
}

interface EventRowProps {
  readonly orderId: string
  readonly row: TimelineRow
  readonly isNewDay: boolean
  readonly onHeight: (height: number) => void
}

function EventRow({ orderId, row, isNewDay, onHeight }: EventRowProps) {
  const [open, setOpen] = useState(false)
  const line = useRef<HTMLLIElement>(null)
  const isLinked = route.value.query.get('event') === row.entry.id
  // A link to this event: opened, and scrolled to once its panel is drawn.
  useEffect(() => {
    if (isLinked) setOpen(true)
  }, [isLinked])
  useEffect(() => {
    if (!isLinked || !open) return
    line.current?.querySelector('summary')?.focus({ preventScroll: true })
    line.current?.scrollIntoView({ block: 'start' })
  }, [isLinked, open])
  return (
    <li ref={line} class={isLinked ? 'linked' : undefined}>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <EventSummary row={row} isNewDay={isNewDay} />
        </summary>
        {open && <EventPanel orderId={orderId} row={row} onHeight={onHeight} />}
      </details>
    </li>
  )
}

/** Who sent the request: the subject, or only the role of one whom the reader may not know. */
function Requester({ actor }: { actor: NonNullable<TimelineEntry['actor']> }) {
  const { subject, role, branchId } = actor
  const place = branchId === undefined ? (t.timeline.role[role] ?? role) : t.timeline.ofBranch(branchId)
  return (
    <span class="actor"> {t.timeline.sentBy(subject === undefined ? place : `${subject} (${place})`)}</span>
  )
}

function EventSummary({ row, isNewDay }: Pick<EventRowProps, 'row' | 'isNewDay'>) {
  const { entry, lane, trigger, cause, tookMs } = row
  const reason = entry.data.reason
  return (
    <>
      <span class="event">
        {entry.event}
        {typeof reason === 'string' && <span class="reason"> {reason}</span>}
      </span>
      <span class="when">
        <time dateTime={entry.time}>
          {isNewDay && `${dayOf(entry.time)}, `}
          {clock(entry.time)}
        </time>
        <span class="by"> {t.timeline.publishedBy(lane)}</span>,{' '}
        {t.timeline.causedBy(trigger === 'event' ? (cause ?? '') : causes[trigger])}
        {entry.actor && <Requester actor={entry.actor} />}
        {tookMs !== undefined && (
          <>
            , <b>{t.timeline.later(duration(tookMs))}</b>
          </>
        )}
      </span>
    </>
  )
}
