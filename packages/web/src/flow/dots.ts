import type { EventName } from '@saucery/client/schemas'
import type { FlowEdge, Way } from './edges.ts'
import type { FlowEvent } from './flow-events.ts'

/** A dot on its way along an edge, from `start` to `end` in ms of the dots' time. */
export interface Dot {
  readonly edge: FlowEdge['id']
  readonly name: EventName
  readonly start: number
  readonly end: number
}

/** When an event's dot arrives at a consumer, or the edge on which it will: its consumer was down. */
type Arrival = { readonly at: number } | { readonly waitsFor: FlowEdge; readonly name: EventName }

/** Two dots on an edge have this distance. */
const apartMs = 120
/** An event that would begin later than this begins now. */
const latestMs = 12_000
const mostDots = 240
const mostArrivals = 300

/**
 * The dots of events. An event happens milliseconds after its cause, too soon to be seen: so its dot waits until the
 * dot of its cause has arrived at the service that published it, and an order is seen passing from service to service.
 * @param durationOf how long a dot takes along an edge
 */
export function openDots(durationOf: (edge: FlowEdge) => number) {
  let dots: Dot[] = []
  const lastStarts = new Map<string, number>()
  /** Of the last events, by the consumers. */
  const arrivals = new Map<string, Map<string, Arrival>>()

  function move(edge: FlowEdge, name: EventName, from: number): number {
    const start = Math.max(from, (lastStarts.get(edge.id) ?? Number.NEGATIVE_INFINITY) + apartMs)
    const end = start + durationOf(edge)
    lastStarts.set(edge.id, start)
    dots.push({ edge: edge.id, name, start, end })
    return end
  }

  /** When the cause of what this service published has arrived there. What waited for the service moves on now. */
  function arrivalOf(cause: string, service: string, now: number): number {
    const arrival = arrivals.get(cause)?.get(service)
    if (arrival === undefined) return now
    if ('at' in arrival) return arrival.at
    const at = move(arrival.waitsFor, arrival.name, now)
    arrivals.get(cause)?.set(service, { at })
    return at
  }

  return {
    /** @param isDown a consumer that takes nothing: the event waits in its stream until an effect shows that it was taken */
    add({ id, name, cause }: FlowEvent, way: Way, now: number, isDown: (service: string) => boolean): void {
      if (dots.length + way.then.length >= mostDots) return
      const caused = arrivalOf(cause, way.first.service, now)
      const inStream = move(way.first, name, caused - now > latestMs ? now : Math.max(now, caused))
      const arrival = (edge: FlowEdge): Arrival =>
        isDown(edge.service) ? { waitsFor: edge, name } : { at: move(edge, name, inStream) }
      arrivals.set(id, new Map(way.then.map((edge) => [edge.service, arrival(edge)])))
      const [oldest] = arrivals.keys()
      if (arrivals.size > mostArrivals && oldest !== undefined) arrivals.delete(oldest)
    },
    /** Those that are under way at this time. Forgets those that have arrived. */
    at(now: number): readonly Dot[] {
      dots = dots.filter(({ end }) => end > now)
      return dots.filter(({ start }) => start <= now)
    },
    /** Whether there is one under way, or yet to begin. */
    any: () => dots.length > 0,
    clear(): void {
      dots = []
      lastStarts.clear()
      arrivals.clear()
    },
  }
}
