import type { Operated } from '@saucery/chassis/operations/operations'
import type { Consumers } from '@saucery/messaging/consumer/consumer'
import { keyOf } from '@saucery/messaging/events/event'
import type { Broker } from '@saucery/messaging/nats/connection'
import type { ViewStore } from '../store/view-store.ts'

export interface OperatedDashboard {
  readonly broker: Broker
  readonly consumers: Pick<Consumers, 'lag' | 'handleAgain'>
  readonly views: Pick<ViewStore, 'eventsOf'>
  readonly projection?: Operated['projection']
}

/** An event was handled when it is in its order's view. */
export const operatedDashboard = ({ broker, consumers, views, projection }: OperatedDashboard): Operated => ({
  service: 'dashboard',
  broker,
  lag: consumers.lag,
  handled: (letters) => views.eventsOf([...new Set(letters.map(({ subject }) => keyOf(subject)))]),
  handleAgain: consumers.handleAgain,
  ...(projection && { projection }),
})
