import { toHeaders } from '../events/cloud-events.ts'
import type { Event } from '../events/event.ts'
import { eventSigner } from '../events/signature.ts'
import type { Broker } from '../nats/connection.ts'
import { testKey } from './keys.ts'

const publishers: Record<string, string> = {
  nudges: 'nudger',
  counters: 'counter',
  library: 'library',
  orders: 'order',
  payments: 'payment',
  deliveries: 'delivery',
}

const encoder = new TextEncoder()

/**
 * Publishes an event as its owner would, signed.
 * @param options `messageId` defeats the broker's own deduplication
 */
export async function publishEvent(
  { js }: Pick<Broker, 'js'>,
  event: Event,
  { messageId = event.id, headers = {} as Record<string, string>, signing = testKey } = {},
): Promise<void> {
  // A dead letter has the signature of its message.
  const subject = event.subject.replace(/^dead-letters\.[a-z]+\./, '')
  const all = toHeaders(event, publishers[subject.split('.')[0] ?? ''] ?? 'unknown')
  for (const [name, value] of Object.entries(headers)) all.set(name, value)
  const data = encoder.encode(JSON.stringify(event.data))
  eventSigner({ signing, trusted: {} })?.([{ subject, headers: all, data }])
  await js.publish(event.subject, data, { msgID: messageId, headers: all })
}

export interface StoredMessage {
  readonly subject: string
  readonly sequence: number
  readonly data: string
  header(name: string): string
}

/** All messages of a stream, in sequence. */
export async function messagesOf({ jsm }: Broker, stream: string): Promise<StoredMessage[]> {
  const { state } = await jsm.streams.info(stream)
  const found: StoredMessage[] = []
  if (state.messages === 0) return found
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await jsm.streams.getMessage(stream, { seq })
    found.push({
      subject: message.subject,
      sequence: message.seq,
      data: new TextDecoder().decode(message.data),
      header: (name) => message.header.get(name),
    })
  }
  return found
}
