import { keyOf } from '../events/event.ts'
import type { Broker } from './connection.ts'
import { type DirectGet, directGet, eventIdIn } from './direct-get.ts'
import { consumerInfo, type StreamSpec } from './streams.ts'

/**
 * A place in a stream: the last message before what is to come, by its sequence and its event's id. After a power
 * failure the server uses sequences again, so that the id decides. 0 without an id is before the first message.
 */
export interface StreamPosition {
  readonly sequence: number
  readonly id: string
}

export interface StreamMessage extends StreamPosition {
  readonly key: string
}

export const streamStart: StreamPosition = { sequence: 0, id: '' }

/** How many are asked for at once. */
const mostAtOnce = 256

/**
 * Reads what comes after a position, past every consumer: needs the right to publish on
 * `$JS.API.DIRECT.GET.<stream>`, and a stream that allows direct gets. The messages are asked for one by one, many at
 * once, so that servers that know no batches do as well.
 * @returns `lost` when the message at the position is another or gone; `behind` when there is neither it nor a later
 * one: a replica of the stream that has not caught up, or a stream that was cut
 */
export async function readAfter(
  broker: Broker,
  stream: StreamSpec,
  position: StreamPosition,
  limit: number,
): Promise<StreamMessage[] | 'lost' | 'behind'> {
  const isBeforeAll = position.sequence === 0
  // The position and the first message after it, in one go: mostly there is none.
  const [at, next] = await Promise.all([
    isBeforeAll ? position : messageFrom(broker, stream, position.sequence),
    limit > 0 ? messageFrom(broker, stream, position.sequence + 1) : undefined,
  ])
  if (!at) return 'behind'
  if (at.sequence !== position.sequence || at.id !== position.id) return 'lost'
  const read = next ? [next] : []
  while (read.length > 0 && read.length < limit) {
    const from = (read.at(-1)?.sequence ?? 0) + 1
    const count = Math.min(limit - read.length, mostAtOnce, 4 * read.length)
    const asked = await Promise.all(
      Array.from({ length: count }, (_, i) => messageFrom(broker, stream, from + i)),
    )
    // A later one may have come in between: what follows a message that is not there yet is for the next time.
    const end = asked.indexOf(undefined)
    for (const message of end < 0 ? asked : asked.slice(0, end))
      if (message && message.sequence > (read.at(-1)?.sequence ?? 0)) read.push(message)
    if (end >= 0) break
  }
  return read
}

/** Whether the stream has this event at this place, still: after a power failure it may have lost it. */
export async function hasEventAt(
  broker: Broker,
  stream: string,
  { sequence, id }: StreamPosition,
): Promise<boolean> {
  const message = await directGet(broker, stream, { seq: sequence })
  return message !== undefined && eventIdIn(message) === id
}

/** The stream's last message. */
export const streamEnd = async (broker: Broker, stream: StreamSpec): Promise<StreamPosition> =>
  (await readAt(broker, stream, { last_by_subj: stream.subjects[0] })) ?? streamStart

/** The message of this sequence, or else the first after it. */
const messageFrom = (broker: Broker, stream: StreamSpec, seq: number) =>
  readAt(broker, stream, { seq, next_by_subj: stream.subjects[0] })

async function readAt(
  broker: Broker,
  { name }: StreamSpec,
  query: DirectGet,
): Promise<StreamMessage | undefined> {
  const message = await directGet(broker, name, query)
  return (
    message && {
      sequence: Number(message.headers.get('Nats-Sequence')),
      id: eventIdIn(message),
      key: keyOf(message.headers.get('Nats-Subject')),
    }
  )
}

/**
 * The position from which on a durable consumer has not acknowledged everything, but at most so far from the end. Of
 * what lies before it, the handling is known to be done; where there is no such consumer nothing is known.
 */
export async function ackedPosition(
  broker: Broker,
  stream: StreamSpec,
  durable: string,
  mostBehind: number,
): Promise<StreamPosition> {
  const end = await streamEnd(broker, stream)
  const acknowledged = await ackFloor(broker, stream, durable)
  const sequence = Math.max(acknowledged ?? 0, end.sequence - mostBehind)
  if (sequence >= end.sequence) return end
  const at = sequence < 1 ? undefined : await messageFrom(broker, stream, sequence)
  // What the stream no longer has lies before all that it has.
  return at?.sequence === sequence ? at : streamStart
}

/** The sequence up to which a durable consumer has acknowledged everything; undefined when there is no such consumer. */
export async function ackFloor(
  { jsm }: Broker,
  { name }: Pick<StreamSpec, 'name'>,
  durable: string,
): Promise<number | undefined> {
  return (await consumerInfo(jsm, name, durable))?.ack_floor.stream_seq
}
