import type { MsgHdrs } from 'nats'
import { keyOf } from '../events/event.ts'
import type { Broker } from './connection.ts'
import { type DirectGet, directGet } from './direct-get.ts'
import { consumerInfo, type StreamSpec } from './streams.ts'

/**
 * A position in a stream: the sequence and the event id of the last message that was read. After a power failure the
 * server reuses sequences, so the id decides. Sequence 0 without an id is the position before the first message.
 */
export interface StreamPosition {
  readonly sequence: number
  readonly id: string
}

export type StreamMessage = Readonly<NonNullable<Awaited<ReturnType<typeof getMessage>>>>

export const streamStart: StreamPosition = { sequence: 0, id: '' }

const maxConcurrentGets = 256

/**
 * Reads the messages after a position, without a consumer, by direct gets: one by one, many at once, because servers
 * before 2.11 know no batches.
 * @returns `lost` if the message at the position is gone or another one; `behind` if the stream has neither that
 * message nor a later one: this replica of the stream lags, or the stream was truncated
 */
export async function readAfter(
  broker: Broker,
  stream: StreamSpec,
  position: StreamPosition,
  limit: number,
): Promise<StreamMessage[] | 'lost' | 'behind'> {
  // The position and the first message after it together, because mostly there is no later message.
  const [at, next] = await Promise.all([
    position.sequence === 0 ? position : messageFrom(broker, stream, position.sequence),
    limit > 0 ? messageFrom(broker, stream, position.sequence + 1) : undefined,
  ])
  if (!at) return 'behind'
  if (at.sequence !== position.sequence || at.id !== position.id) return 'lost'
  const messages = next ? [next] : []
  while (messages.length > 0 && messages.length < limit) {
    const last = messages.at(-1)?.sequence ?? 0
    const count = Math.min(limit - messages.length, maxConcurrentGets, 4 * messages.length)
    const gets = Array.from({ length: count }, (_, i) => messageFrom(broker, stream, last + 1 + i))
    const found = await Promise.all(gets)
    // A message may have been stored between two gets. The next call reads what follows the first gap.
    const end = found.indexOf(undefined)
    for (const message of end < 0 ? found : found.slice(0, end))
      if (message && message.sequence > (messages.at(-1)?.sequence ?? 0)) messages.push(message)
    if (end >= 0) break
  }
  return messages
}

/** The id of the event in a message, or an empty string. */
export const eventIdIn = ({ headers }: { readonly headers?: MsgHdrs | undefined }): string =>
  headers?.get('ce-id') || headers?.get('Nats-Msg-Id') || ''

/** The position of the stream's last message. */
export const streamEnd = async (broker: Broker, stream: StreamSpec): Promise<StreamPosition> =>
  (await getMessage(broker, stream.name, { last_by_subj: stream.subjects[0] })) ?? streamStart

/** The message of this sequence, or else the first one after it. */
const messageFrom = (broker: Broker, stream: StreamSpec, seq: number) =>
  getMessage(broker, stream.name, { seq, next_by_subj: stream.subjects[0] })

async function getMessage(broker: Broker, stream: string, query: DirectGet) {
  const found = await directGet(broker, stream, query)
  return found && { sequence: found.sequence, id: eventIdIn(found), key: keyOf(found.subject) }
}

/**
 * The position up to which a durable consumer has acknowledged everything, but at most `maxBehind` messages before the
 * end of the stream. Without such a consumer, nothing counts as acknowledged.
 */
export async function ackedPosition(
  broker: Broker,
  stream: StreamSpec,
  durable: string,
  maxBehind: number,
): Promise<StreamPosition> {
  const end = await streamEnd(broker, stream)
  const acked = (await ackFloor(broker, stream, durable)) ?? 0
  const sequence = Math.max(acked, end.sequence - maxBehind)
  if (sequence >= end.sequence) return end
  const message = sequence < 1 ? undefined : await messageFrom(broker, stream, sequence)
  // A message that the stream no longer has lies before all that it has.
  return message?.sequence === sequence ? message : streamStart
}

/** The sequence up to which a durable consumer has acknowledged everything. Undefined if there is no such consumer. */
export const ackFloor = async ({ jsm }: Broker, { name }: StreamSpec, durable: string) =>
  (await consumerInfo(jsm, name, durable))?.ack_floor.stream_seq
