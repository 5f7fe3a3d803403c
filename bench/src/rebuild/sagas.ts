import { DeliveryCompleted, DeliveryStarted } from '@saucery/contracts/delivery'
import { OrderPlaced } from '@saucery/contracts/order'
import { PaymentApproved } from '@saucery/contracts/payment'
import { toHeaders } from '@saucery/messaging/events/cloud-events'
import { stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import type { JetStreamClient } from 'nats'
import { v7 as uuidv7 } from 'uuid'

/** Sagas under way at once. */
const WINDOW = 512
const saga = [OrderPlaced, PaymentApproved, DeliveryStarted, DeliveryCompleted] as const

/** Publishes what the services would say of so many orders that are delivered. */
export async function publishSagas(
  js: JetStreamClient,
  orders: number,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const encoder = new TextEncoder()
  let begun = 0
  let sayAt = Date.now() + 5000
  async function inTurn(): Promise<void> {
    while (begun < orders) {
      begun += 1
      signal.throwIfAborted()
      const orderId = uuidv7()
      const cause = { id: orderId, traceparent: newTraceparent() }
      for (const type of saga) {
        const event = stamp(type({ ...type.example, orderId } as never), cause, new Date())
        const data = encoder.encode(JSON.stringify(event.data))
        await js.publish(event.subject, data, { msgID: event.id, headers: toHeaders(event, 'bench') })
      }
      if (Date.now() < sayAt) continue
      sayAt = Date.now() + 5000
      say(`${begun.toLocaleString('en')} of ${orders.toLocaleString('en')} orders are on the streams`)
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, inTurn))
}
