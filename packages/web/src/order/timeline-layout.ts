import type { EventName, TimelineEntry } from '@saucery/client/schemas'
import type { ServiceRow } from '../build/choreography-table.ts'

export type Lane = 'request' | ServiceRow['service']

/** The columns of the picture: requests from people, and the services that publish. */
export const lanesOf = (table: readonly ServiceRow[]): Lane[] => [
  'request',
  ...table.flatMap(({ service, publishes }) => (publishes.length > 0 ? service : [])),
]

/** What led to an event: another event, one that has not been received yet, a request, or a deadline. */
export type Trigger = 'event' | 'missing-event' | 'request' | 'deadline'

export type TimelineRow = ReturnType<typeof layoutOf>['rows'][number]

/** From a cause to its effect. */
export type Arrow = Readonly<Record<'from' | 'to', { readonly row: number; readonly lane: Lane }>>

/** The service that publishes the event. */
export const laneOf = (event: EventName, table: readonly ServiceRow[]): Lane =>
  table.find(({ publishes }) => publishes.includes(event))?.service ?? 'request'

/** A row for each event, the earliest first, and an arrow to each from what led to it. */
export function layoutOf(timeline: readonly TimelineEntry[], table: readonly ServiceRow[]) {
  const sorted = [...timeline].sort((a, b) => a.time.localeCompare(b.time) || (a.id < b.id ? -1 : 1))
  const rowOf = new Map(sorted.map(({ id }, row) => [id, row]))
  const arrows: Arrow[] = []
  const rows = sorted.map((entry, row) => {
    const lane = laneOf(entry.event, table)
    const causeRow = rowOf.get(entry.cause) ?? -1
    const cause = sorted[causeRow]
    const trigger: Trigger = cause ? 'event' : triggerOf(entry)
    if (cause) arrows.push({ from: { row: causeRow, lane: laneOf(cause.event, table) }, to: { row, lane } })
    else if (trigger === 'request') arrows.push({ from: { row, lane: 'request' }, to: { row, lane } })
    // The time since its cause, or since the event before where no event is the cause. Negative where clocks differ.
    const before = cause ?? sorted[row - 1]
    const tookMs = before && Date.parse(entry.time) - Date.parse(before.time)
    return { entry, lane, trigger, cause: cause?.event, tookMs }
  })
  return { rows, arrows }
}

/** What people can request; every other event is a reaction. */
const requested = new Set<EventName>(['OrderPlaced', 'OrderCancelled', 'DeliveryCompleted', 'DeliveryFailed'])
const deadlines = new Set<unknown>(['payment-timeout', 'overdue'])

function triggerOf({ event, data }: TimelineEntry): Trigger {
  if (!requested.has(event)) return 'missing-event'
  return deadlines.has(data.reason) ? 'deadline' : 'request'
}
