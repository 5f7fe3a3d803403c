import { type JsMsg, type MsgHdrs, headers as newHeaders } from 'nats'
import type { Event, EventType, Fact, ReceivedEvent } from './event.ts'

/** A message that can never be handled, so that a retry is useless. */
export class Unprocessable extends Error {
  override readonly name = 'Unprocessable'
}

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
  headers.set('traceparent', event.traceparent)
  return headers
}

/** Reads the event in a stream's message, as `parseEvent` does. */
export function parseMessage<F extends Fact>(message: JsMsg, types: EventTypes<F>): ReceivedEvent<F> {
  const { stream, streamSequence: sequence, timestampNanos } = message.info
  const event = parseEvent(message, types, new Date(timestampNanos / 1e6))
  return Object.assign(event, { stream, sequence })
}

type EventTypes<F extends Fact> = readonly EventType<F>[]

type Message = { readonly subject: string; headers?: MsgHdrs | undefined; json(): unknown }

/**
 * Reads the event in a message, which need not come from a stream.
 * @throws Unprocessable if it is none of `types`, has no id, or has invalid data
 */
export function parseEvent<F extends Fact>(message: Message, types: EventTypes<F>, arrived: Date): Event<F> {
  const header = (name: string) => message.headers?.get(name) || undefined
  const name = header('ce-type')
  const type = types.find(({ event }) => event === name)
  if (!type || !message.subject.startsWith(`${type.subject}.`))
    throw new Unprocessable(`unknown event on ${message.subject}: ${name ?? 'no ce-type'}`)
  const id = header('ce-id') ?? header('Nats-Msg-Id')
  if (!id) throw new Unprocessable('no ce-id')
  const version = Number(header('ce-dataschema')?.split(':').at(-1) ?? type.version)
  return {
    name: type.event,
    version: type.version,
    subject: message.subject,
    data: readData(type, version, message),
    id,
    time: header('ce-time') ?? arrived.toISOString(),
    causationId: header('ce-causationid') ?? id,
    traceparent: header('traceparent') ?? '',
  } as unknown as Event<F>
}

function readData<F extends Fact>(type: EventType<F>, version: number, message: Message): F['data'] {
  try {
    return type.read(version, message.json())
  } catch (error) {
    throw new Unprocessable(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
