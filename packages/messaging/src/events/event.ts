import { v7 as uuidv7 } from 'uuid'
import { traceparentOrNew } from './trace-context.ts'

/** Something that happened, as a decision returns it. The last token of the subject is the key. */
export interface Fact {
  readonly name: string
  readonly version: number
  readonly subject: string
  readonly data: object
}

/** Who asked for an event by a request, as the publisher authenticated them. */
export interface Actor {
  readonly subject: string
  readonly role: string
  readonly branchId?: string | undefined
}

/** What `stamp` adds to a fact. */
export interface Stamp {
  /** A UUIDv7. It is also the `Nats-Msg-Id` and the key of every deduplication. */
  readonly id: string
  /** ISO 8601 in UTC with milliseconds. */
  readonly time: string
  /** The id of the event or request that caused it. */
  readonly causationId: string
  /** W3C trace context. */
  readonly traceparent: string
  /** Of an event that a request caused directly. */
  readonly actor?: Actor | undefined
}

export type Event<F extends Fact = Fact> = F & Stamp

/** `comparison`: the broker counts it as delivered, and this service has not handled it. */
export type Again = 'redelivery' | 'replay' | 'comparison' | 'dead-letter'

/** An event as a consumer receives it: with its position in the stream. */
export type ReceivedEvent<F extends Fact = Fact> = Event<F> & {
  readonly stream: string
  readonly sequence: number
  /** How often the stream has delivered it, this time included. */
  readonly deliveries: number
  /** Why it may have been handled before; absent at its first delivery. */
  readonly again?: Again
}

/** How events of one type are recognised and read. */
export interface EventType<F extends Fact = Fact> {
  readonly event: F['name']
  /** The subject without the key. */
  readonly subject: string
  readonly version: number
  /** Upcasts the data of any published version to `version`. Throws if the data is invalid, or not about this key. */
  read(version: number, data: unknown, key: string): F['data']
}

/** The event or request that causes an event. */
export interface Cause extends Pick<Stamp, 'id' | 'traceparent'> {
  /** Of a request only: what an event leads to has that event as its cause, and no actor. */
  readonly requestedBy?: Actor
}

export function stamp<F extends Fact>(fact: F, cause: Cause, now: Date): Event<F> {
  return {
    ...fact,
    id: uuidv7({ msecs: now.getTime() }),
    time: now.toISOString(),
    causationId: cause.id,
    ...(cause.requestedBy && { actor: cause.requestedBy }),
    traceparent: traceparentOrNew(cause.traceparent),
  }
}

/** The last token of a subject: the id of the order, or of another entity, that the event is about. */
export const keyOf = (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1)

/** The smallest UUIDv7 of a time in ms since 1970. All smaller ids are older. */
export function firstIdAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
