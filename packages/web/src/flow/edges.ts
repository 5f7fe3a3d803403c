import type { EventName, ServiceState } from '@saucery/client/schemas'
import type { ServiceRow } from '../build/choreography-table.ts'

/** From a service to its stream, or from a stream to a service that consumes it. */
export interface FlowEdge {
  /** `order → ORDERS`, or `ORDERS → payment`. */
  readonly id: string
  readonly from: string
  readonly to: string
  readonly service: ServiceState['service']
  readonly stream: string
  readonly isPublishing: boolean
  /** Those that travel on it. */
  readonly events: readonly EventName[]
}

/** A stream's edges follow each other: the one on which it is filled, then those of its consumers. */
export function edgesOf(table: readonly ServiceRow[]): FlowEdge[] {
  return table.flatMap(({ service, stream, publishes }) => {
    if (stream === undefined) return []
    const consumed = table.flatMap((consumer): FlowEdge[] => {
      const events = publishes.filter((event) => consumer.consumes.includes(event))
      return events.length === 0 ? [] : [edge(stream, consumer.service, consumer.service, stream, events)]
    })
    return [edge(service, stream, service, stream, publishes), ...consumed]
  })
}

const edge = (
  from: string,
  to: string,
  service: FlowEdge['service'],
  stream: string,
  events: FlowEdge['events'],
): FlowEdge => ({ id: `${from} → ${to}`, from, to, service, stream, isPublishing: from === service, events })

/** An event's way: the edge to its stream, and those from there. */
export interface Way {
  readonly first: FlowEdge
  readonly then: readonly FlowEdge[]
}

export function waysOf(edges: readonly FlowEdge[]): ReadonlyMap<EventName, Way> {
  const ways = new Map<EventName, Way>()
  for (const first of edges.filter(({ isPublishing }) => isPublishing))
    for (const event of first.events) {
      const then = edges.filter(({ isPublishing, events }) => !isPublishing && events.includes(event))
      ways.set(event, { first, then })
    }
  return ways
}
