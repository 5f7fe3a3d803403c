import { DeliveryCompleted, DeliveryStarted } from '@saucery/contracts/delivery'
import { OrderPlaced } from '@saucery/contracts/order'
import { PaymentApproved } from '@saucery/contracts/payment'
import { eventKeyOf } from '@saucery/local/access/event-keys'
import { eventSigner } from '@saucery/messaging/events/signature'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import type { JetStreamClient } from 'nats'
import { v7 as uuidv7 } from 'uuid'
import { PUBLISH_WINDOW, publish } from '../load/events.ts'
import { inParallel } from '../load/load.ts'
import type { BenchContext } from '../run/run-bench.ts'

const saga = [
  ['order', OrderPlaced],
  ['payment', PaymentApproved],
  ['delivery', DeliveryStarted],
  ['delivery', DeliveryCompleted],
] as const

/**
 * Publishes the four events of a delivered order, for this many orders.
 * @param dataDir has the services' keys
 */
export async function publishSagas(
  js: JetStreamClient,
  dataDir: string,
  orders: number,
  { say, signal }: BenchContext,
) {
  const events = saga.map(([publisher, type]) => {
    return { type, publisher, sign: eventSigner({ signing: eventKeyOf(dataDir, publisher), trusted: {} }) }
  })
  let begun = 0
  let reportAt = Date.now() + 5000
  await inParallel(PUBLISH_WINDOW, async () => {
    while (begun < orders) {
      begun += 1
      signal.throwIfAborted()
      const orderId = uuidv7()
      const cause = { id: orderId, traceparent: newTraceparent() }
      for (const { type, ...options } of events)
        await publish(js, type({ ...type.example, orderId } as never), cause, options)
      if (Date.now() < reportAt) continue
      reportAt = Date.now() + 5000
      say(`${begun.toLocaleString('en')} of ${orders.toLocaleString('en')} orders are on the streams`)
    }
  })
}
