import type { EventName, TimelineEntry } from '@saucery/client/schemas'

/** One event of two orders: when it happened in each, in ms after the order was placed. */
export interface ComparedEvent {
  readonly event: EventName
  readonly ours?: number
  readonly theirs?: number
  /** How much later it happened in the other order. */
  readonly later?: number
}

/** The page of an order beside another one. */
export const comparisonAddress = (orderId: string, otherId: string): string =>
  `#/orders/${orderId}?with=${encodeURIComponent(otherId)}`

type Timed = readonly Pick<TimelineEntry, 'event' | 'time'>[]

/** The events of two orders side by side, aligned on their OrderPlaced; none until both were placed. (compare.test) */
export function compareTimelines(our: Timed, their: Timed): ComparedEvent[] {
  const [ours, theirs] = [sincePlaced(our), sincePlaced(their)]
  if (!ours || !theirs) return []
  const first = (event: EventName) =>
    Math.min(...[ours.get(event), theirs.get(event)].filter((ms) => ms !== undefined))
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .sort((a, b) => first(a) - first(b))
    .map((event) => {
      const [mine, other] = [ours.get(event), theirs.get(event)]
      return {
        event,
        ...(mine !== undefined && { ours: mine }),
        ...(other !== undefined && { theirs: other }),
        ...(mine !== undefined && other !== undefined && { later: other - mine }),
      }
    })
}

function sincePlaced(timeline: Timed): Map<EventName, number> | undefined {
  const placed = timeline.find(({ event }) => event === 'OrderPlaced')
  if (!placed) return undefined
  const start = Date.parse(placed.time)
  return new Map(timeline.map(({ event, time }) => [event, Date.parse(time) - start]))
}
