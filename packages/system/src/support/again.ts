import { subscriptionsOf } from '@saucery/contracts/choreography'
import type { System } from '@saucery/local/system/system'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { quietLog } from '@saucery/messaging/testing/log'

/** Empties the inboxes, as if the ids of all handled events were pruned: only the states know what happened. */
export async function forgetWhatWasHandled({ databases }: System): Promise<void> {
  for (const url of [databases.orders, databases.payments, databases.deliveries]) {
    const { db, close } = openDatabase(url, 'forgetful', { connections: 1 })
    await db.execute('delete from inbox')
    await close()
  }
}

/** Plays whole streams into order, payment and delivery again: as the operator does, by deleting their consumers. */
export async function playEverythingAgain({ nats }: System): Promise<void> {
  const { jsm, close } = await connectBroker({
    url: nats.url,
    name: 'operator',
    ...nats.users.operator,
    log: quietLog,
  })
  for (const service of ['order', 'payment', 'delivery'] as const)
    for (const { stream } of subscriptionsOf(service)) await jsm.consumers.delete(stream, service)
  await close()
}
