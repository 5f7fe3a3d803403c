import type { Service } from '@saucery/contracts/choreography'
import type { FailingMessage } from '@saucery/messaging/consumer/failing-store'
import type { ConsumerLag } from '@saucery/messaging/consumer/lag'
import type { DeadLetterCatalog } from '@saucery/messaging/dead-letters/catalog'
import type { DeadLetter } from '@saucery/messaging/dead-letters/reader'
import type { Broker } from '@saucery/messaging/nats/connection'
import type { OperatorStore } from '@saucery/messaging/operator/operator-store'
import type { Backlog } from '@saucery/messaging/outbox/backlog'
import type { OrderFailures } from './order-failures-route.ts'
import type { PublishedEventState } from './published-events-route.ts'
import type { OverdueOrders, ProjectionProgress } from './routes.ts'

/** What an operator can see and do with a service. */
export interface OperatedService {
  readonly service: Service
  readonly broker: Broker
  lag(): Promise<ConsumerLag[]>
  /** Only of a service that publishes. */
  backlog?(): Promise<Backlog>
  /** `stalled`: the broker stores nothing that this process publishes. */
  publishing?(): 'publishing' | 'stalled'
  /** The ids of those dead-lettered events that the service has handled since. */
  handledAmong(letters: readonly Pick<DeadLetter, 'eventId' | 'subject'>[]): Promise<ReadonlySet<string>>
  readonly catalog: DeadLetterCatalog
  readonly operators: OperatorStore
  /** Compares the state with the streams now. */
  reconcile(): void
  /** Only of a service that builds a read model: builds it again from the first event, in place. */
  rebuild?(): Promise<unknown>
  /** Has the worker of this process look for a job now. */
  wake?(): void
  /** When an event was handled, and after how many deliveries. Only of a service that has an inbox. */
  handlingOf?(
    eventId: string,
  ): Promise<{ handledAt?: string | undefined; deliveries?: number | undefined } | undefined>
  /** The messages of an order that failed and are tried again. Only of a service that records them. */
  failingOf?(orderId: string): Promise<FailingMessage[]>
  /** The calls to a provider for an order whose outcome is not known. Only of a service that makes such calls. */
  openCallsOf?(orderId: string): Promise<OrderFailures['calls']>
  /** @throws ReprocessingFailed, or an outage of a store */
  reprocess(letter: DeadLetter): Promise<void>
  /** Only of a service that builds a read model. */
  projection?(): ProjectionProgress | undefined
  /** Only of a service that knows every order. */
  overdue?(): OverdueOrders | undefined
  /** Only of a service that may see the consumers of others. */
  lagOfOthers?(): Promise<(ConsumerLag & { readonly service: Service })[]>
  /** Only of a service that may read every stream. */
  publishedEvents?(): Promise<PublishedEventState[]>
}
