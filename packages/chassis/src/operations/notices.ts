import { deadLetterNotices } from '@saucery/contracts/access/notices'
import type { Service } from '@saucery/contracts/choreography'
import type { DeadLetterOutcome } from '@saucery/messaging/dead-letters/catalog'
import type { Broker } from '@saucery/messaging/nats/connection'

/** A dead letter was settled. */
export interface DeadLetterNotice {
  readonly service: Service
  readonly id: string
  readonly orderId: string
  readonly event: string
  readonly outcome: DeadLetterOutcome
}

/**
 * Tells the live feed of every replica of the dashboard. It is no event: nothing stores it, and nothing depends on it.
 * Who missed it sees the same in the next list.
 */
export function publishNotice({ broker }: { readonly broker: Broker }, notice: DeadLetterNotice): void {
  if (!broker.isConnected()) return
  broker.connection.publish(deadLetterNotices(notice.service), JSON.stringify(notice))
}
