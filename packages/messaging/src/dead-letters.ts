import { type JsMsg, type MsgHdrs, headers as newHeaders } from 'nats'
import { v7 as uuidv7 } from 'uuid'
import type { Broker } from './broker.ts'
import { oneLine, reasonOf } from './log.ts'
import { Unprocessable } from './message.ts'
import { deadLetters } from './streams.ts'

/** Writes a message that could not be handled to the dead letters; after that it may be terminated. */
export async function bury(broker: Broker, message: JsMsg, error: unknown): Promise<void> {
  const headers = newHeaders()
  copy(message.headers, headers)
  // Its Nats-Msg-Id differs each time that it is sent back, so a second failure is no duplicate of the first.
  const messageId =
    message.headers?.get('Nats-Msg-Id') ||
    `${message.info.stream}:${message.seq}:${message.info.timestampNanos}`
  headers.set('Nats-Msg-Id', `${broker.name}:${messageId}`)
  headers.set('dead-letter-message-id', messageId)
  headers.set('dead-letter-error', error instanceof Unprocessable ? oneLine(error) : reasonOf(error))
  headers.set('dead-letter-tries', String(message.info.deliveryCount))
  headers.set('dead-letter-stream', message.info.stream)
  headers.set('dead-letter-sequence', String(message.seq))
  await broker.js.publish(`dead-letters.${broker.name}.${message.subject}`, message.data, { headers })
}

/**
 * Publishes a dead letter again on its original subject, for every reactor of it: they are all idempotent.
 * Needs the right to read `DEAD_LETTERS` and to publish on that subject.
 * @param sequence of the letter in `DEAD_LETTERS`
 * @returns the subject
 */
export async function sendBack(broker: Broker, sequence: number): Promise<string> {
  const letter = await broker.jsm.streams.getMessage(deadLetters.name, { seq: sequence })
  const subject = letter.subject.split('.').slice(2).join('.')
  const headers = newHeaders()
  copy(letter.header, headers)
  for (const name of headers.keys()) if (name.startsWith('dead-letter-')) headers.delete(name)
  // The original id would be dropped as a duplicate; reactors go by ce-id.
  if (!headers.get('ce-id')) headers.set('ce-id', letter.header.get('dead-letter-message-id'))
  headers.set('Nats-Msg-Id', `${headers.get('ce-id')}:again:${uuidv7()}`)
  await broker.js.publish(subject, letter.data, { headers })
  return subject
}

// Other headers of the server's own are orders to the stream that the message was for: one such as
// Nats-Expected-Stream would make every other stream refuse it.
function copy(from: MsgHdrs | undefined, to: MsgHdrs): void {
  for (const [name, values] of from ?? [])
    if (!/^nats-/i.test(name)) for (const value of values) to.append(name, value)
}
