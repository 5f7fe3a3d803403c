import type { JsMsg } from 'nats'
import { type Expected, parseEvent, Unprocessable } from '../events/cloud-events.ts'
import type { Fact } from '../events/event.ts'
import { oneLine, reasonOf } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import { readStored } from '../nats/whole-message.ts'
import type { DeadLetter } from './reader.ts'
import { copyOf, type DeadLetterStore, publishRecord, recordIdOf, toRecord } from './record.ts'

/**
 * Stores a message that could not be handled as a dead letter: in the service's own store, if it has one, and then in
 * the broker, which may lose it. Then the message may be terminated.
 */
export async function publishDeadLetter(
  broker: Broker,
  message: JsMsg,
  error: unknown,
  store?: DeadLetterStore,
): Promise<void> {
  const record = toRecord(broker, message, error)
  await store?.save(record)
  const position = await publishRecord(broker, record)
  await store?.markPublished(record.id, position)
}

/** The message of a dead letter could not be handled this time either, because of `cause`. */
export class ReprocessingFailed extends Error {
  override readonly name = 'ReprocessingFailed'
  constructor(cause: unknown) {
    super(cause instanceof Unprocessable ? oneLine(cause) : reasonOf(cause), { cause })
  }
}

/**
 * Reads the event in the message of a dead letter, as `parseEvent` does. Of a cut one it reads the message itself, if
 * its stream still has it.
 * @throws Unprocessable
 */
export async function parseDeadLetter<F extends Fact>(
  broker: Broker,
  deadLetter: DeadLetter,
  expected: Expected<F>,
) {
  const { stream, streamSequence: sequence, tries } = deadLetter
  const { subject, headers, data } = deadLetter.isCut ? await original(broker, deadLetter) : deadLetter
  const message = { subject, headers: copyOf(headers), data }
  const event = parseEvent(message, expected, new Date(deadLetter.time))
  const again = 'dead-letter' as const
  return Object.assign(event, { stream, sequence, deliveries: tries + 1, again })
}

async function original(broker: Broker, { stream, streamSequence, messageId }: DeadLetter) {
  const message = await readStored(broker, stream, streamSequence)
  if (message && recordIdOf(message.headers.get('Nats-Msg-Id')) === messageId) return message
  throw new Unprocessable(`${stream} no longer has the message of this dead letter, which is cut`)
}
