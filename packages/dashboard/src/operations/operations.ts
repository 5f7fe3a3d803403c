import type { OperatedService } from '@saucery/chassis/operations/operations'
import type { Consumers } from '@saucery/messaging/consumer/consumer'
import { keyOf } from '@saucery/messaging/events/event'
import type { Broker } from '@saucery/messaging/nats/connection'
import type { ViewStore } from '../store/view-store.ts'

export interface OperatedDashboard {
  readonly broker: Broker
  readonly consumers: Pick<Consumers, 'lag' | 'reprocess'>
  readonly views: Pick<ViewStore, 'eventsOf'>
  readonly projection?: OperatedService['projection']
}

/** An event was handled when it is in its order's view. */
export const operatedByDashboard = ({
  broker,
  consumers,
  views,
  projection,
}: OperatedDashboard): OperatedService => ({
  service: 'dashboard',
  broker,
  lag: consumers.lag,
  handledAmong: (letters) => views.eventsOf([...new Set(letters.map(({ subject }) => keyOf(subject)))]),
  reprocess: consumers.reprocess,
  ...(projection && { projection }),
})
