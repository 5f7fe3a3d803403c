import { type JsMsg, type MsgHdrs, headers as newHeaders } from 'nats'
import { type EventTypes, parseEvent, Unprocessable } from '../events/cloud-events.ts'
import type { Fact, ReceivedEvent } from '../events/event.ts'
import { oneLine, reasonOf } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import type { DeadLetter } from './reader.ts'

/** Writes a message that could not be handled to the dead letters; after that it may be terminated. */
export async function publishDeadLetter(broker: Broker, message: JsMsg, error: unknown): Promise<void> {
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

/** The message of a dead letter could not be handled now either; `cause` is why. */
export class ReprocessingFailed extends Error {
  override readonly name = 'NotHandled'
  constructor(cause: unknown) {
    super(cause instanceof Unprocessable ? oneLine(cause) : reasonOf(cause), { cause })
  }
}

/**
 * Reads the message of a dead letter as the event that it is, as `eventOf` does.
 * @throws Unprocessable
 */
export function parseDeadLetter<F extends Fact>(letter: DeadLetter, types: EventTypes<F>): ReceivedEvent<F> {
  const headers = newHeaders()
  copy(letter.headers, headers)
  if (!headers.get('ce-id')) headers.set('ce-id', letter.eventId)
  const json = () => JSON.parse(new TextDecoder().decode(letter.data))
  const event = parseEvent({ subject: letter.subject, headers, json }, types, new Date(letter.time))
  return Object.assign(event, { stream: letter.stream, sequence: letter.streamSequence })
}

// Other headers of the server's own are orders to the stream that the message was for: one such as
// Nats-Expected-Stream would make every other stream refuse it.
function copy(from: MsgHdrs | undefined, to: MsgHdrs): void {
  for (const [name, values] of from ?? [])
    if (!/^nats-/i.test(name)) for (const value of values) to.append(name, value)
}
