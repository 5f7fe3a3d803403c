import { type JsMsg, type MsgHdrs, headers as newHeaders } from 'nats'
import { type Expected, parseEvent, Unprocessable } from '../events/cloud-events.ts'
import type { Fact } from '../events/event.ts'
import { oneLine, reasonOf } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import type { DeadLetter } from './reader.ts'

/** Stores a message that could not be handled as a dead letter. Then the message may be terminated. */
export async function publishDeadLetter(broker: Broker, message: JsMsg, error: unknown): Promise<void> {
  const headers = copyOf(message.headers)
  // Derived from the message, so that a repeated attempt to store the same failure is a duplicate.
  // (publish.int.test: "is stored once, however often that is repeated")
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

/** The message of a dead letter could not be handled this time either, because of `cause`. */
export class ReprocessingFailed extends Error {
  override readonly name = 'ReprocessingFailed'
  constructor(cause: unknown) {
    super(cause instanceof Unprocessable ? oneLine(cause) : reasonOf(cause), { cause })
  }
}

/**
 * Reads the event in the message of a dead letter, as `parseEvent` does.
 * @throws Unprocessable
 */
export function parseDeadLetter<F extends Fact>(deadLetter: DeadLetter, expected: Expected<F>) {
  const { subject, stream, streamSequence: sequence } = deadLetter
  const headers = copyOf(deadLetter.headers)
  const event = parseEvent({ subject, headers, data: deadLetter.data }, expected, new Date(deadLetter.time))
  return Object.assign(event, { stream, sequence })
}

/**
 * The headers without the server's own, which are instructions for the message's former stream: every other stream
 * would refuse a message with Nats-Expected-Stream, for example.
 */
function copyOf(headers: MsgHdrs | undefined): MsgHdrs {
  const copy = newHeaders()
  for (const [name, values] of headers ?? [])
    if (!/^nats-/i.test(name)) for (const value of values) copy.append(name, value)
  return copy
}
