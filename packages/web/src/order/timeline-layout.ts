import type { Entry, EventName } from '../api/types.ts'

/** Who can be seen to say something: who asks, and the services. */
export const lanes = ['request', 'order', 'payment', 'delivery'] as const

export type Lane = (typeof lanes)[number]

/** What led to an event: another one that is here, or is not yet; a request; or that a time was over. */
export type Origin = 'event' | 'unheard' | 'request' | 'clock'

export interface Row {
  readonly entry: Entry
  readonly lane: Lane
  readonly origin: Origin
  /** The row of the event that led to it. */
  readonly causeRow?: number
  /** Time since its cause; since the event before it where the cause is no event. Negative where clocks differ. */
  readonly tookMs?: number
}

export interface Arrow {
  readonly from: { readonly row: number; readonly lane: Lane }
  readonly to: { readonly row: number; readonly lane: Lane }
}

export interface Layout {
  readonly rows: readonly Row[]
  /** From each cause to its effect. */
  readonly arrows: readonly Arrow[]
}

const laneOfStream: Readonly<Record<string, Lane>> = {
  ORDERS: 'order',
  PAYMENTS: 'payment',
  DELIVERIES: 'delivery',
}

/** Who says an event of this name. */
export function laneOf(event: EventName): Lane {
  if (event.startsWith('Order')) return 'order'
  return event.startsWith('Payment') ? 'payment' : 'delivery'
}

/** One row an event, the earliest first, and an arrow to each from what led to it. */
export function layoutOf(timeline: readonly Entry[]): Layout {
  const sorted = [...timeline].sort((a, b) => a.time.localeCompare(b.time) || (a.id < b.id ? -1 : 1))
  const rowOf = new Map(sorted.map(({ id }, row) => [id, row]))
  const rows = sorted.map((entry, row): Row => {
    const causeRow = rowOf.get(entry.cause)
    const before = sorted[causeRow ?? row - 1]
    return {
      entry,
      lane: laneOfStream[entry.stream] ?? laneOf(entry.event),
      origin: causeRow === undefined ? originOf(entry) : 'event',
      ...(causeRow === undefined ? {} : { causeRow }),
      ...(before ? { tookMs: Date.parse(entry.time) - Date.parse(before.time) } : {}),
    }
  })
  const arrows = rows.flatMap(({ lane, origin, causeRow }, row): Arrow[] => {
    const to = { row, lane }
    if (origin === 'request') return [{ from: { row, lane: 'request' }, to }]
    const cause = causeRow === undefined ? undefined : rows[causeRow]
    return cause && causeRow !== undefined ? [{ from: { row: causeRow, lane: cause.lane }, to }] : []
  })
  return { rows, arrows }
}

/** What people ask for; everything else is a reaction. */
const askedFor = new Set<EventName>(['OrderPlaced', 'OrderCancelled', 'DeliveryCompleted', 'DeliveryFailed'])
const ranOut = new Set<unknown>(['payment-timeout', 'overdue'])

function originOf({ event, data }: Entry): Origin {
  if (!askedFor.has(event)) return 'unheard'
  return ranOut.has(data.reason) ? 'clock' : 'request'
}
