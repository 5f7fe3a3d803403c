import { type JsMsg, type MsgHdrs, headers as newHeaders } from 'nats'
import { actorText, readActor } from './actor.ts'
import { type Actor, type Event, type EventType, type Fact, keyOf, type ReceivedEvent } from './event.ts'
import type { EventVerifier, SignedMessage } from './signature.ts'

/** A message that can never be handled, so that a retry is useless. */
export class Unprocessable extends Error {
  override readonly name: string = 'Unprocessable'
}

/** Not signed by the service that owns its subject. */
export class Forged extends Unprocessable {
  override readonly name = 'Forged'
}

/** A signed event of a kind or version that this replica does not know: a newer replica may. */
export class UnknownKind extends Unprocessable {
  override readonly name = 'UnknownKind'
}

/** The publisher's key may have changed before this service was told: a retry can succeed. */
export class UnknownKey extends Error {
  override readonly name = 'UnknownKey'
}

const decoder = new TextDecoder()

/** Headers as in CloudEvents' NATS binding: https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/nats-protocol-binding.md */
export function toHeaders(event: Event, source: string): MsgHdrs {
  const headers = newHeaders()
  headers.set('ce-specversion', '1.0')
  headers.set('ce-id', event.id)
  headers.set('ce-type', event.name)
  headers.set('ce-source', `/${source}`)
  headers.set('ce-time', event.time)
  headers.set('ce-dataschema', `urn:event:${event.name}:${event.version}`)
  headers.set('ce-causationid', event.causationId)
  if (event.actor) headers.set('ce-actor', actorText(event.actor))
  headers.set('traceparent', event.traceparent)
  return headers
}

/** What a reader accepts: the events of one publisher, if that publisher signed them. */
export interface Expected<F extends Fact> {
  readonly publisher: string
  readonly events: readonly EventType<F>[]
  readonly verify: EventVerifier
}

/** Reads the event in a stream's message, as `parseEvent` does. */
export function parseMessage<F extends Fact>(message: JsMsg, expected: Expected<F>): ReceivedEvent<F> {
  const { stream, streamSequence: sequence, timestampNanos, deliveryCount: deliveries } = message.info
  const event = parseEvent(message, expected, new Date(timestampNanos / 1e6))
  return Object.assign(event, { stream, sequence, deliveries })
}

/**
 * Reads the event in a message, which need not come from a stream. Every service refuses the same messages.
 * (poison.int.test: "becomes one dead letter of each service that consumes its event, …")
 * @throws Unprocessable if it is none of the types, has no id, or has invalid data
 * @throws Forged if the publisher did not sign it
 * @throws UnknownKind | UnknownKey
 */
export function parseEvent<F extends Fact>(
  message: SignedMessage,
  expected: Expected<F>,
  arrived: Date,
): Event<F> {
  const { subject } = message
  const header = (name: string) => message.headers?.get(name) || undefined
  const name = header('ce-type')
  const key = keyOf(subject)
  const type = expected.events.find((one) => subject === `${one.subject}.${key}`)
  const unknown = `unknown event on ${subject}: ${name ?? 'no ce-type'}`
  if (!name || (type ? type.event !== name : expected.events.length === 0)) throw new Unprocessable(unknown)
  checkPublisher(message, expected, arrived)
  if (!type) throw new UnknownKind(unknown)
  const id = header('ce-id')
  if (!id || !/^[!-~]{1,200}$/.test(id)) throw new Unprocessable('no ce-id, or one that is no id')
  const time = timeOf(header('ce-time')) ?? arrived.toISOString()
  const causationId = header('ce-causationid') ?? id
  const actor = actorOf(header('ce-actor'), causationId)
  const version = Number(header('ce-dataschema')?.split(':').at(-1) ?? type.version)
  if (Number.isInteger(version) && version > type.version)
    throw new UnknownKind(`${name} has no version ${version} here, only up to ${type.version}`)
  return {
    name: type.event,
    version: type.version,
    subject,
    data: readData(type, version, key, message),
    id,
    time,
    causationId,
    ...(actor && { actor }),
    traceparent: header('traceparent') ?? '',
  } as unknown as Event<F>
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** The publisher sets an event's time. Times sort as text only in one form: ISO 8601 in UTC with milliseconds. */
function timeOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const ms = rfc3339.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw new Unprocessable(`ce-time is not a time: ${text}`)
  return new Date(ms).toISOString()
}

/** Absent on events that no request caused, and on those that a release without actors published. */
function actorOf(text: string | undefined, causationId: string): Actor | undefined {
  if (text === undefined) return undefined
  const actor = readActor(text, causationId)
  if (!actor) throw new Unprocessable('forged: ce-actor is not who sent the request in ce-causationid')
  return actor
}

/** The server puts these on what it answers. In a stream they show an answer that was sent there by a reply subject. */
const answerHeaders = ['Nats-Stream', 'Nats-Subject', 'Nats-Sequence', 'Nats-Time-Stamp', 'Nats-Num-Pending']

/**
 * The server checks who may publish on a subject, but not where a service lets it send its answers. So a service could
 * make it publish in another's name; only the signature shows who an event is from.
 * (forgery.int.test: "is refused by the consumers, though the server stores it")
 */
function checkPublisher<F extends Fact>(
  message: SignedMessage,
  { publisher, verify }: Expected<F>,
  arrived: Date,
): void {
  const { subject, headers } = message
  const source = headers?.get('ce-source')
  if (source !== `/${publisher}`)
    throw new Forged(`only ${publisher} publishes on ${subject}, not ${source || 'an unnamed source'}`)
  const answer = answerHeaders.find((name) => headers?.has(name))
  if (answer) throw new Forged(`an answer of the server, not an event: it has the header ${answer}`)
  const verdict = verify(message, publisher, arrived)
  if (verdict === 'unknown-key')
    throw new UnknownKey(`no public key ${headers?.get('ce-keyid') || 'without id'} of ${publisher} is known`)
  if (verdict !== 'signed')
    throw new Forged(`${verdict === 'forged' ? 'forged' : 'unsigned'}: ${publisher} did not sign it`)
}

function readData<F extends Fact>(
  type: EventType<F>,
  version: number,
  key: string,
  { data }: SignedMessage,
): F['data'] {
  try {
    return type.read(version, JSON.parse(decoder.decode(data)), key)
  } catch (error) {
    throw new Unprocessable(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
