import type { EventName, ServiceState } from '@saucery/client/schemas'
import type { ServiceRow } from '../build/choreography-table.ts'

/** A service that records which events it has handled: one that publishes, too. */
export type Participating = Exclude<ServiceState['service'], 'dashboard'>

/** The services that record whether they have handled an event. The dashboard's record is the timeline itself. */
export const handlersOf = (event: EventName, table: readonly ServiceRow[]): Participating[] =>
  table.flatMap(({ service, consumes }) =>
    service !== 'dashboard' && consumes.includes(event) ? [service] : [],
  )
