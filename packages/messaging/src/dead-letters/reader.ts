import type { MsgHdrs } from 'nats'
import type { Broker } from '../nats/connection.ts'
import { deadLettersStream } from '../nats/streams.ts'
import { readStored } from '../nats/whole-message.ts'

/** A message that this service could not handle, and why. */
export type DeadLetter = Readonly<NonNullable<ReturnType<typeof deadLetterIn>>>

/** A dead letter as the stream, or the service's own store, has it. */
interface StoredLetter {
  readonly subject: string
  readonly headers: MsgHdrs
  readonly data: Uint8Array
  /** In `DEAD_LETTERS`; 0 until it is there. */
  readonly sequence: number
  /** When it was stored, in ms since 1970. */
  readonly time: number
}

/** Sequences that one page scans. Most of them may be dead letters of other services. */
const maxScanned = 4096
const maxWindow = 512
/** Sequences that are read one after another. The parts of a window are read concurrently. */
const partSize = 32

/**
 * The dead letters of the service that the broker is named after, newest first.
 *
 * The stream has a get of the next message of a subject, but none of the one before. So this scans backwards from the
 * end, in windows that double in size, by single gets, which servers from 2.10 on support.
 * @param query `before`: only dead letters before this sequence
 * @returns `next`: `before` of the next page, absent on the last one; a page may be short, or empty, and not the last
 */
export async function readDeadLetters(
  broker: Broker,
  { limit, before = Number.POSITIVE_INFINITY }: { limit: number; before?: number | undefined },
): Promise<{ deadLetters: DeadLetter[]; next?: number }> {
  const oldest = await nextDeadLetter(broker, 1)
  if (!oldest) return { deadLetters: [] }
  const { state } = await broker.jsm.streams.info(deadLettersStream.name)
  const found: DeadLetter[] = []
  let end = Math.min(before, state.last_seq + 1)
  const scanUntil = Math.max(oldest.sequence, end - maxScanned)
  for (let size = limit; found.length < limit && end > scanUntil; size = Math.min(size * 2, maxWindow)) {
    const begin = Math.max(scanUntil, end - size)
    found.push(...(await readWindow(broker, begin, end)).reverse())
    end = begin
  }
  const next = found[limit - 1]?.sequence ?? end
  return { deadLetters: found.slice(0, limit), ...(next > oldest.sequence ? { next } : {}) }
}

/** The dead letter of this sequence; undefined if it is another service's. */
export const readDeadLetter = (broker: Broker, sequence: number) => getDeadLetter(broker, sequence)

/** This service's dead letters of a window of sequences, from `begin` on and before `end`; the oldest first. */
export async function readWindow(broker: Broker, begin: number, end: number): Promise<DeadLetter[]> {
  const parts: Promise<DeadLetter[]>[] = []
  for (let from = begin; from < end; from += partSize)
    parts.push(readPart(broker, from, Math.min(from + partSize, end)))
  return (await Promise.all(parts)).flat()
}

async function readPart(broker: Broker, begin: number, end: number): Promise<DeadLetter[]> {
  const found: DeadLetter[] = []
  for (let from = begin; from < end; ) {
    const deadLetter = await nextDeadLetter(broker, from)
    if (!deadLetter || deadLetter.sequence >= end) break
    found.push(deadLetter)
    from = deadLetter.sequence + 1
  }
  return found
}

const prefixOf = (service: string) => `dead-letters.${service}.`

/** The first of this service's dead letters from this sequence on. */
export const nextDeadLetter = (broker: Broker, from: number) =>
  getDeadLetter(broker, from, `${prefixOf(broker.name)}>`)

async function getDeadLetter(broker: Broker, from: number, nextOf?: string) {
  const message = await readStored(broker, deadLettersStream.name, from, nextOf)
  return message && deadLetterIn(broker.name, message)
}

/** What a stored dead letter tells; undefined if it is another service's. */
export function deadLetterIn(service: string, { subject, headers, data, sequence, time }: StoredLetter) {
  const prefix = prefixOf(service)
  if (!subject.startsWith(prefix)) return undefined
  const header = (name: string) => headers.get(name)
  const event = header('ce-type')
  return {
    /** The sequence of the dead letter in `DEAD_LETTERS`, and the time when it was stored. */
    sequence,
    time: new Date(time).toISOString(),
    /** The subject, type and id of the event in the message. */
    subject: subject.slice(prefix.length),
    ...(event ? { event } : {}),
    eventId: header('ce-id') || header('dead-letter-message-id'),
    /** The stream that the message came from, and its sequence there. */
    stream: header('dead-letter-stream'),
    streamSequence: Number(header('dead-letter-sequence')),
    messageId: header('dead-letter-message-id'),
    /** The server would not have taken all of it. */
    isCut: header('dead-letter-cut') !== '',
    error: header('dead-letter-error'),
    /** As `deadLetterReason`; empty where an older release stored it. */
    reason: header('dead-letter-reason'),
    tries: Number(header('dead-letter-tries')),
    headers,
    data,
  }
}
