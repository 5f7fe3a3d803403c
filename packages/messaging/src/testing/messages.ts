import { headers as newHeaders } from 'nats'
import { toHeaders } from '../events/cloud-events.ts'
import type { Event } from '../events/event.ts'
import type { Broker } from '../nats/connection.ts'

/** Publishes an event as its owner would; `messageId` defeats the broker's own deduplication. */
export async function publishEvent(
  { js }: Broker,
  event: Event,
  { messageId = event.id, headers = {} as Record<string, string> } = {},
): Promise<void> {
  const all = newHeaders()
  for (const [name, values] of toHeaders(event, 'nudger')) for (const value of values) all.append(name, value)
  for (const [name, value] of Object.entries(headers)) all.set(name, value)
  await js.publish(event.subject, JSON.stringify(event.data), { msgID: messageId, headers: all })
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
