import { familyOf, publishers, subscriptionsOf } from '@saucery/contracts/choreography'
import type { System } from '@saucery/local/system/system'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { quietLog } from '@saucery/messaging/testing/log'

/** As if the ids of all consumed events were deleted for their age: only the states know what has happened. */
export async function emptyInboxes({ databases }: System): Promise<void> {
  for (const url of publishers.map((service) => databases[familyOf(service)])) {
    const { db, close } = openDatabase(url, 'inbox-emptier', { connections: 1 })
    await db.execute('delete from inbox')
    await close()
  }
}

/** Replays whole streams into order, payment and delivery, as an operator does: they make a deleted consumer again. */
export async function deleteConsumers({ nats }: System): Promise<void> {
  const { jsm, close } = await connectBroker({
    url: nats.url,
    name: 'operator',
    ...nats.users.operator,
    log: quietLog,
  })
  for (const service of publishers)
    for (const { stream } of subscriptionsOf(service)) await jsm.consumers.delete(stream, service)
  await close()
}
