import { headers as newHeaders } from 'nats'
import { keyOf } from '../events/event.ts'
import { errorKeyOf, storable } from './error-key.ts'
import { type DeadLetter, deadLetterIn } from './reader.ts'
import { type DeadLetterReason, deadLetterReasons } from './reason.ts'
import type { DeadLetterPosition, DeadLetterRecord } from './record.ts'

/** How a dead letter was settled: its event was handled, or an operator gave it up. */
export type DeadLetterOutcome = 'handled' | 'discarded'

export interface Settlement {
  readonly outcome: DeadLetterOutcome
  /** The subject of the operator; absent when the event was handled in another way than by a retry. */
  readonly by?: string | undefined
  readonly why?: string | undefined
}

/** What dead letters are chosen by. */
export interface DeadLetterKeys {
  readonly event: string
  readonly eventId: string
  readonly orderId: string
  readonly reason: DeadLetterReason
  readonly errorKey: string
}

/** What a list shows beside them. */
export interface DeadLetterSummary {
  readonly subject: string
  readonly error: string
  readonly tries: number
  readonly stream: string
  readonly streamSequence: number
}

/** A dead letter without its message. */
export interface DeadLetterEntry extends DeadLetterKeys, DeadLetterSummary, Partial<DeadLetterPosition> {
  readonly sequence: number
  readonly id: string
  /** ISO 8601. */
  readonly savedAt: string
  readonly outcome?: DeadLetterOutcome
  readonly settledAt?: string
  readonly settledBy?: string
  readonly settledWhy?: string
}

export interface DeadLetterFilter {
  readonly event?: string | undefined
  readonly reason?: DeadLetterReason | undefined
  /** As `errorKeyOf`. */
  readonly error?: string | undefined
  readonly orderId?: string | undefined
  /** Saved at this time or later, and before `to`; ISO 8601. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** All without it. */
  readonly state?: 'open' | DeadLetterOutcome | undefined
}

/** After which entry a page begins. */
export type DeadLetterPlace = Pick<DeadLetterEntry, 'savedAt' | 'id'>

export interface DeadLetterPage {
  readonly limit: number
  readonly sort?: 'newest' | 'oldest'
  readonly after?: DeadLetterPlace | undefined
}

/** Open dead letters of one event and one cause. */
export interface DeadLetterGroup extends Pick<DeadLetterKeys, 'event' | 'reason' | 'errorKey'> {
  readonly count: number
  readonly oldest: string
  readonly newest: string
}

/** What was read of the stream when it was looked through for letters that the store lacks. */
export interface ImportedDeadLetter extends DeadLetterPosition {
  readonly record: DeadLetterRecord
  readonly savedAt: string
}

/** The dead letters of one service as an operator looks them up, in the service's own database. */
export interface DeadLetterCatalog {
  page(filter: DeadLetterFilter, page: DeadLetterPage): Promise<DeadLetterEntry[]>
  /** At most `maxCounted`. */
  count(filter: DeadLetterFilter): Promise<number>
  /** The largest first. */
  groups(filter: DeadLetterFilter, limit: number): Promise<DeadLetterGroup[]>
  /** By its id, or by its sequence in `DEAD_LETTERS`. */
  find(idOrSequence: string | number): Promise<DeadLetterEntry | undefined>
  read(id: string): Promise<DeadLetterRecord | undefined>
  /**
   * Settles those of these letters that are open; a discarded one that was handled after all counts as handled. One that
   * was found to be handled while an operator's retry was ending gets the operator's name.
   * @returns the ids of those that it settled
   */
  settle(ids: readonly string[], settlement: Settlement): Promise<string[]>
  /** Fills in the keys of letters that an older release saved. @returns how many */
  describeOlder(limit: number): Promise<number>
  /** Adds letters that the stream has and the store lacks; of the others only their place on the stream. */
  add(letters: readonly ImportedDeadLetter[]): Promise<void>
  /** Up to which sequence of the stream of this time the store has all letters; 0 if nothing is known. */
  importedTo(streamCreated: string): Promise<number>
  markImported(position: DeadLetterPosition): Promise<void>
}

/** A count stops here. */
export const maxCounted = 100_000

/** A dead letter with its message, as it is read from the service's own store. */
export function letterOf(service: string, record: DeadLetterRecord, sequence = 0, time = 0) {
  const headers = newHeaders()
  for (const [name, values] of record.headers) for (const value of values) headers.append(name, value)
  const data = Buffer.from(record.data, 'base64')
  return deadLetterIn(service, { subject: record.subject, headers, data, sequence, time })
}

/** What a record is listed by. One that cannot be read is listed, too. */
export function describeRecord(record: DeadLetterRecord): DeadLetterKeys & DeadLetterSummary {
  const service = /^dead-letters\.([^.]+)\./.exec(record.subject)?.[1] ?? ''
  const letter = letterOf(service, record)
  const error = letter?.error ?? ''
  return {
    event: storable(letter?.event ?? ''),
    eventId: storable(letter?.eventId || record.id),
    orderId: storable(keyOf(letter?.subject ?? '')),
    reason: reasonIn(letter),
    errorKey: errorKeyOf(error),
    subject: letter?.subject.slice(0, 500) ?? '',
    error,
    tries: letter?.tries || 0,
    stream: letter?.stream ?? '',
    streamSequence: letter?.streamSequence || 0,
  }
}

/** Older releases stored no reason: the error's text begins with its name. */
function reasonIn(letter: Pick<DeadLetter, 'reason' | 'error'> | undefined): DeadLetterReason {
  const stored = deadLetterReasons.find((reason) => reason === letter?.reason)
  if (stored) return stored
  const error = letter?.error ?? ''
  if (/^(Forged: |Unprocessable: (forged|unsigned): )/.test(error)) return 'forged'
  if (error.startsWith('UnknownKind: ')) return 'unknown-kind'
  if (error.startsWith('UnknownKey: ')) return 'unknown-key'
  return error.startsWith('Unprocessable: ') ? 'unreadable' : 'handler-failed'
}
