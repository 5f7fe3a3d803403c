import type { JsMsg, MsgHdrs } from 'nats'
import type { Broker } from './connection.ts'
import { eventIdIn, type StreamPosition } from './stream-reader.ts'
import { unlessNotFound } from './streams.ts'

/** A message as its stream stores it. */
export interface WholeMessage {
  readonly stream: string
  readonly sequence: number
  readonly subject: string
  /** When the server stored it, in ms since 1970 and in ns. */
  readonly time: number
  readonly timestampNanos: number
  readonly headers: MsgHdrs
  readonly data: Uint8Array
}

/**
 * Reads a message from the stream's leader. Any server of a cluster answers a direct get, also one that follows its
 * leader no longer: after a power failure servers were seen that keep what the others have lost.
 * @param nextOf instead of the message of this sequence, the first one from there on of this subject
 * @returns undefined if the stream does not have it
 */
export async function readStored(
  { jsm }: Broker,
  stream: string,
  from: number,
  nextOf?: string,
): Promise<WholeMessage | undefined> {
  const query = { seq: from, ...(nextOf !== undefined && { next_by_subj: nextOf }) }
  const message = await unlessNotFound(jsm.streams.getMessage(stream, query as { seq: number }))
  if (!message) return undefined
  const { subject, seq: sequence, time, timestamp, header: headers, data } = message
  const timestampNanos = nanosOf(timestamp)
  return { stream, sequence, subject, time: time.getTime(), timestampNanos, headers, data }
}

/** The messages that the stream has from one sequence to another, which are at most a few hundred apart. */
export async function readRange(
  broker: Broker,
  stream: string,
  first: number,
  last: number,
): Promise<WholeMessage[]> {
  const sequences = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
  const found = await Promise.all(sequences.map((sequence) => readStored(broker, stream, sequence)))
  return found.filter((message) => message !== undefined)
}

/** Whether the stream's leader has this event at this sequence, still. */
export const isEventAt = async (broker: Broker, stream: string, { sequence, id }: StreamPosition) => {
  const message = await readStored(broker, stream, sequence)
  return message !== undefined && eventIdIn(message) === id
}

/** As the client reads it out of a delivery: rounded to what a number holds. */
const nanosOf = (timestamp: string): number => {
  const [seconds, fraction = ''] = timestamp.replace('Z', '').split('.')
  return Number(BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0')))
}

/** The message as if it were delivered for the nth time, except that the broker is not told its outcome. */
export function asDelivered(message: WholeMessage, deliveryCount: number): JsMsg {
  const { stream, sequence, timestampNanos, ...others } = message
  const info = { stream, streamSequence: sequence, timestampNanos, deliveryCount }
  const tellNobody = () => {}
  const answers = { ack: tellNobody, nak: tellNobody, term: tellNobody, working: tellNobody }
  return { ...others, ...answers, seq: sequence, info } as unknown as JsMsg
}
