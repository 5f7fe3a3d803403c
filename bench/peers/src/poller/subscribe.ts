import { AckPolicy, type NatsConnection } from 'nats'
import type { PolledEvent } from './store.ts'

interface Delivered {
  readonly eventId: string
  readonly subject: string
  readonly event: PolledEvent
}

interface Subscription {
  readonly stream: string
  readonly durable: string
  readonly filter: string
}

/** Handles one message after the other, and acknowledges each when it is handled. */
export async function subscribe(
  connection: NatsConnection,
  { stream, durable, filter }: Subscription,
  handle: (delivered: Delivered) => Promise<void>,
): Promise<void> {
  const jsm = await connection.jetstreamManager()
  await jsm.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    filter_subject: filter,
  })
  const consumer = await connection.jetstream().consumers.get(stream, durable)
  const messages = await consumer.consume()
  void (async () => {
    for await (const message of messages) {
      const eventId = String(message.headers?.get('Nats-Msg-Id'))
      await handle({ eventId, subject: message.subject, event: message.json<PolledEvent>() })
      message.ack()
    }
  })()
}
