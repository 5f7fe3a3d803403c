import { v7 as uuidv7 } from 'uuid'
import { childTraceparent } from './trace-context.ts'

/** Something that happened, as a decision returns it. The last token of its subject is its key. */
export interface Fact {
  readonly name: string
  readonly version: number
  readonly subject: string
  readonly data: object
}

/** What a fact gets when it is recorded. */
export interface Stamp {
  /** UUIDv7: the `Nats-Msg-Id`, and the key of every deduplication. */
  readonly id: string
  /** When it was recorded, ISO 8601 in UTC with milliseconds. */
  readonly time: string
  /** The id of the event or request that led to it. */
  readonly causationId: string
  /** W3C trace context. */
  readonly traceparent: string
}

export type Event<F extends Fact = Fact> = F & Stamp

/** An event as a consumer hands it over: with its place in the stream. */
export type ReceivedEvent<F extends Fact = Fact> = Event<F> & {
  readonly stream: string
  readonly sequence: number
}

/** How a kind of event is recognised and read; `contracts` has one for each. */
export interface EventType<F extends Fact = Fact> {
  readonly event: F['name']
  /** The subject without the key. */
  readonly subject: string
  readonly version: number
  /** Reads the data of any version as today's; throws when it cannot. */
  read(version: number, data: unknown): F['data']
}

/** What led to an event: the id of the event or request, and its trace. */
export interface Cause {
  readonly id: string
  readonly traceparent: string
}

/** Gives a fact its identity. */
export function stamp<F extends Fact>(fact: F, cause: Cause, now: Date): Event<F> {
  return {
    ...fact,
    id: uuidv7({ msecs: now.getTime() }),
    time: now.toISOString(),
    causationId: cause.id,
    traceparent: childTraceparent(cause.traceparent),
  }
}

/** The order, or whatever else, that events of one subject family belong to: the last token of the subject. */
export const keyOf = (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1)

/** The smallest UUIDv7 of a moment, in ms since 1970: ids before it are older. */
export function firstIdAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
