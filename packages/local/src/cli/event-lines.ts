import type { OrderView, TimelineEntry } from '@saucery/client/schemas'
import type { Paint } from '../demo/paint.ts'
import { eventStyle, orderText } from '../demo/texts.ts'

/** The orders whose printed events are remembered: of an older one, events may be printed again. */
const REMEMBERED = 1_000

/** The lines for an order's events that happened since the given time, in ms since 1970, and were in no view before. */
export function eventLines(since: number, paint: Paint): (view: OrderView) => string[] {
  const seen = new Map<string, ReadonlySet<string>>()
  return (view) => {
    const { orderId, timeline } = view
    const before = seen.get(orderId)
    const isNew = ({ id, time }: TimelineEntry) => (before ? !before.has(id) : Date.parse(time) >= since)
    seen.delete(orderId)
    seen.set(orderId, new Set([...(before ?? []), ...timeline.map(({ id }) => id)]))
    const [oldest] = seen.keys()
    if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest)
    return timeline.filter(isNew).map((entry) => lineFor(entry, view, paint))
  }
}

function lineFor({ event, time }: TimelineEntry, view: OrderView, paint: Paint): string {
  const at = new Date(time).toTimeString().slice(0, 8)
  const name = paint(eventStyle(event), event.padEnd(19))
  const after = view.placedAt && `+${Date.parse(time) - Date.parse(view.placedAt)} ms`
  const note = event === 'OrderPlaced' ? orderText(view) : after
  return `${paint('dim', at)}  …${view.orderId.slice(-6)}  ${name} ${paint('dim', note ?? '')}`.trimEnd()
}
