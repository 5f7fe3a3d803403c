import { createHash } from 'node:crypto'
import { type JsMsg, type MsgHdrs, headers as newHeaders } from 'nats'
import { Unprocessable } from '../events/cloud-events.ts'
import { oneLine, reasonOf } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import { deadLettersStream, streamCreatedAt } from '../nats/streams.ts'
import { fit } from './fit.ts'
import { deadLetterReason } from './reason.ts'

/** A dead letter as the service's own store keeps it, so that it outlives a broker that loses it. */
export interface DeadLetterRecord {
  /** As `recordIdOf` the message's id. */
  readonly id: string
  readonly subject: string
  readonly headers: readonly (readonly [name: string, values: readonly string[]])[]
  /** The message's data, in base64. */
  readonly data: string
}

/** Where `DEAD_LETTERS` has a dead letter. Its sequences start again when it is recreated. */
export interface DeadLetterPosition {
  readonly sequence: number
  readonly streamCreated: string
}

/** A record without its content. The position is absent until the broker has acknowledged it. */
export interface SavedDeadLetter extends Partial<DeadLetterPosition> {
  readonly id: string
  /** ISO 8601. */
  readonly savedAt: string
  /** By the clock that gave `savedAt`; negative if that was set back since. */
  readonly ageMs: number
}

/** The dead letters of one service in its own database. */
export interface DeadLetterStore {
  /** Durable when it resolves. A record of the same id stays as it is. */
  save(record: DeadLetterRecord): Promise<void>
  markPublished(id: string, position: DeadLetterPosition): Promise<void>
  /** The newest ones, or the newest before `last`. */
  newest(limit: number, last?: SavedDeadLetter): Promise<SavedDeadLetter[]>
  /** Undefined too while others have locked it: it could not be marked either. */
  load(id: string): Promise<DeadLetterRecord | undefined>
  /** Those of these ids that have a record. */
  among(ids: readonly string[]): Promise<ReadonlySet<string>>
}

/** What identifies a message through all its deliveries, also one whose publisher gave it no id. */
export const messageIdOf = (
  headers: MsgHdrs | undefined,
  { stream, sequence, timestampNanos }: Record<'sequence' | 'timestampNanos', number> & { stream: string },
): string => headers?.get('Nats-Msg-Id') || `${stream}:${sequence}:${timestampNanos}`

/** A message's id, or its hash if it is longer, or stranger, than a key of a database may be. */
export const recordIdOf = (messageId: string): string =>
  /^[\x21-\x7e]{1,200}$/.test(messageId)
    ? messageId
    : createHash('sha256').update(messageId).digest('base64url')

/** Derived from the message, so that a repeated attempt makes the same record. */
export function toRecord({ name }: Broker, message: JsMsg, error: unknown): DeadLetterRecord {
  const { stream, timestampNanos, deliveryCount } = message.info
  const id = messageIdOf(message.headers, { stream, sequence: message.seq, timestampNanos })
  const headers = copyOf(message.headers)
  headers.set('dead-letter-message-id', recordIdOf(id))
  headers.set('dead-letter-error', error instanceof Unprocessable ? oneLine(error) : reasonOf(error))
  headers.set('dead-letter-reason', deadLetterReason(error))
  headers.set('dead-letter-tries', String(deliveryCount))
  headers.set('dead-letter-stream', stream)
  headers.set('dead-letter-sequence', String(message.seq))
  return {
    id: recordIdOf(id),
    subject: `dead-letters.${name}.${message.subject}`,
    headers: [...headers],
    data: Buffer.from(message.data).toString('base64'),
  }
}

/** Publishes a dead letter. A repeated attempt is a duplicate. (publish.int.test: "is stored once, …") */
export async function publishRecord(
  { name, connection, publish, jsm }: Broker,
  { subject: whole, headers, data: body }: DeadLetterRecord,
): Promise<DeadLetterPosition> {
  const all = newHeaders()
  for (const [header, values] of headers) for (const value of values) all.append(header, value)
  all.set('Nats-Msg-Id', `${name}:${all.get('dead-letter-message-id')}`)
  const streamCreated = streamCreatedAt(await jsm.streams.info(deadLettersStream.name))
  const letter = { subject: whole, headers: all, data: Buffer.from(body, 'base64') }
  const fitting = fit(letter, connection.info?.max_payload ?? 2 ** 20)
  const { seq } = await publish(fitting.subject, fitting.data, fitting.headers)
  return { sequence: seq, streamCreated }
}

/**
 * The headers without the server's own, which are instructions for the message's former stream: every other stream
 * would refuse a message with Nats-Expected-Stream, for example. Without those of a dead letter, too.
 */
export function copyOf(headers: MsgHdrs | undefined): MsgHdrs {
  const copy = newHeaders()
  for (const [name, values] of headers ?? [])
    if (!/^(nats|dead-letter)-/i.test(name)) for (const value of values) copy.append(name, value)
  return copy
}
