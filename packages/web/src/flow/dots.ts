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
  /** When the dots of the last events arrive at their consumers. */
  const arrivals = new Map<string, ReadonlyMap<string, number>>()

  function move(edge: FlowEdge, name: EventName, from: number): number {
    const start = Math.max(from, (lastStarts.get(edge.id) ?? Number.NEGATIVE_INFINITY) + apartMs)
    const end = start + durationOf(edge)
    lastStarts.set(edge.id, start)
    dots.push({ edge: edge.id, name, start, end })
    return end
  }

  return {
    /** @param isDown a consumer that takes nothing: the event stays in its stream */
    add({ id, name, cause }: FlowEvent, way: Way, now: number, isDown: (service: string) => boolean): void {
      if (dots.length + way.then.length >= mostDots) return
      const caused = arrivals.get(cause)?.get(way.first.service) ?? now
      const inStream = move(way.first, name, caused - now > latestMs ? now : Math.max(now, caused))
      const consumers = way.then.filter(({ service }) => !isDown(service))
      arrivals.set(id, new Map(consumers.map((edge) => [edge.service, move(edge, name, inStream)])))
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
