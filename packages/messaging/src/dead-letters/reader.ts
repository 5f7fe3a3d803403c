import type { MsgHdrs } from 'nats'
import type { Broker } from '../nats/connection.ts'
import { type DirectGet, type DirectMsg, directGet } from '../nats/direct-get.ts'
import { deadLettersStream } from '../nats/streams.ts'

/** A dead letter: a message that this service could not handle, and what is known of that. */
export interface DeadLetter {
  /** In `DEAD_LETTERS`. */
  readonly sequence: number
  /** When it was buried. */
  readonly time: string
  /** Of the message. */
  readonly subject: string
  /** What kind of event the message says that it is. */
  readonly event?: string
  readonly eventId: string
  /** Where the message came from. */
  readonly stream: string
  readonly streamSequence: number
  readonly error: string
  readonly tries: number
  readonly headers: MsgHdrs
  readonly data: Uint8Array
}

export interface DeadLetterQuery {
  readonly limit: number
  /** Only letters before this sequence. */
  readonly before?: number | undefined
}

export interface DeadLetterPage {
  readonly deadLetters: DeadLetter[]
  /** `before` of the next page; absent on the last one. A page may be short, or empty, and not the last. */
  readonly next?: number
}

/** Sequences that one page looks at, most of which may be letters of other services. */
const lookAtMost = 4096
const windowAtMost = 512
/** Sequences that are looked at one after another; the parts of a window are looked at together. */
const partSize = 32

/**
 * The letters of the service that the broker is named after, the newest first.
 *
 * The stream can be asked for the next letter only, not for the one before: so from its end back, window by window,
 * each larger than the last. By single gets, which servers have from 2.10 on.
 */
export async function readDeadLetters(
  broker: Broker,
  { limit, before }: DeadLetterQuery,
): Promise<DeadLetterPage> {
  const oldest = await nextLetter(broker, 1)
  if (!oldest) return { deadLetters: [] }
  const { state } = await broker.jsm.streams.info(deadLettersStream.name)
  const letters: DeadLetter[] = []
  let end = Math.min(before ?? Number.POSITIVE_INFINITY, state.last_seq + 1)
  const looksUntil = Math.max(oldest.sequence, end - lookAtMost)
  for (
    let size = limit;
    letters.length < limit && end > looksUntil;
    size = Math.min(size * 2, windowAtMost)
  ) {
    const begin = Math.max(looksUntil, end - size)
    letters.push(...(await lettersWithin(broker, begin, end)).reverse())
    end = begin
  }
  const last = letters[limit - 1]
  const next = last?.sequence ?? end
  return { deadLetters: letters.slice(0, limit), ...(next > oldest.sequence ? { next } : {}) }
}

/** The service's letter of this sequence. */
export const readDeadLetter = (broker: Broker, sequence: number): Promise<DeadLetter | undefined> =>
  letterAt(broker, { seq: sequence })

/** What `countUnhandled` reads at most: so many pages of so many letters. */
const countPages = 5
const countPageSize = 200

/**
 * How many of the newest thousand letters are about an event that was not handled since.
 * @param handled tells which were
 */
export async function countUnhandled(
  broker: Broker,
  handled: (letters: readonly DeadLetter[]) => Promise<ReadonlySet<string>>,
): Promise<number> {
  let count = 0
  let before: number | undefined
  for (let page = 0; page < countPages; page++) {
    const { deadLetters, next } = await readDeadLetters(broker, { limit: countPageSize, before })
    const known = await handled(deadLetters)
    count += deadLetters.filter(({ eventId }) => !known.has(eventId)).length
    if (next === undefined) break
    before = next
  }
  return count
}

const prefixOf = ({ name }: Broker) => `dead-letters.${name}.`

async function lettersWithin(broker: Broker, begin: number, end: number): Promise<DeadLetter[]> {
  const parts: Promise<DeadLetter[]>[] = []
  for (let from = begin; from < end; from += partSize)
    parts.push(lettersOfPart(broker, from, Math.min(from + partSize, end)))
  return (await Promise.all(parts)).flat()
}

async function lettersOfPart(broker: Broker, begin: number, end: number): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = []
  for (let from = begin; from < end; ) {
    const letter = await nextLetter(broker, from)
    if (!letter || letter.sequence >= end) break
    letters.push(letter)
    from = letter.sequence + 1
  }
  return letters
}

const nextLetter = (broker: Broker, from: number): Promise<DeadLetter | undefined> =>
  letterAt(broker, { seq: from, next_by_subj: `${prefixOf(broker)}>` })

async function letterAt(broker: Broker, query: DirectGet): Promise<DeadLetter | undefined> {
  const message = await directGet(broker, deadLettersStream.name, query)
  return message && letterIn(broker, message)
}

/** Undefined for one of another service. */
function letterIn(broker: Broker, { headers, data }: DirectMsg): DeadLetter | undefined {
  const prefix = prefixOf(broker)
  const subject = headers.get('Nats-Subject')
  if (!subject.startsWith(prefix)) return undefined
  const event = headers.get('ce-type')
  return {
    sequence: Number(headers.get('Nats-Sequence')),
    time: new Date(headers.get('Nats-Time-Stamp')).toISOString(),
    subject: subject.slice(prefix.length),
    ...(event ? { event } : {}),
    eventId: headers.get('ce-id') || headers.get('dead-letter-message-id'),
    stream: headers.get('dead-letter-stream'),
    streamSequence: Number(headers.get('dead-letter-sequence')),
    error: headers.get('dead-letter-error'),
    tries: Number(headers.get('dead-letter-tries')),
    headers,
    data,
  }
}
