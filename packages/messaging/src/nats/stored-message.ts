import type { JsMsg, MsgHdrs } from 'nats'
import type { Broker } from './connection.ts'
import { directGet } from './direct-get.ts'

/** A message as its stream stores it. */
export interface StoredMessage {
  readonly stream: string
  readonly sequence: number
  readonly subject: string
  /** When the server stored it, in ms since 1970 and in ns. */
  readonly time: number
  readonly timestampNanos: number
  readonly headers: MsgHdrs
  readonly data: Uint8Array
}

/** The messages that the stream has from one sequence to another, which are at most a few hundred apart. */
export async function readRange(
  broker: Broker,
  stream: string,
  first: number,
  last: number,
): Promise<StoredMessage[]> {
  const sequences = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
  const found = await Promise.all(sequences.map((sequence) => readStored(broker, stream, sequence)))
  return found.filter((message) => message !== undefined)
}

/** @returns undefined if the stream, or the replica of it that answers, does not have the message */
export async function readStored(
  broker: Broker,
  stream: string,
  sequence: number,
): Promise<StoredMessage | undefined> {
  const message = await directGet(broker, stream, { seq: sequence })
  if (!message) return undefined
  const { headers, data } = message
  const subject = headers.get('Nats-Subject')
  const stored = headers.get('Nats-Time-Stamp')
  for (const name of ['Nats-Stream', 'Nats-Subject', 'Nats-Sequence', 'Nats-Time-Stamp']) headers.delete(name)
  return {
    stream,
    sequence,
    subject,
    time: Date.parse(stored),
    timestampNanos: nanosOf(stored),
    headers,
    data,
  }
}

/** As the client reads it out of a delivery: rounded to what a number holds. */
const nanosOf = (timestamp: string): number => {
  const [seconds, fraction = ''] = timestamp.replace('Z', '').split('.')
  return Number(BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0')))
}

/** The message as if it were delivered for the nth time, except that the broker is not told its outcome. */
export function asDelivered(message: StoredMessage, deliveryCount: number): JsMsg {
  const { stream, sequence, timestampNanos, ...others } = message
  const info = { stream, streamSequence: sequence, timestampNanos, deliveryCount }
  const tellNobody = () => {}
  return {
    ...others,
    seq: sequence,
    info,
    json: () => JSON.parse(new TextDecoder().decode(message.data)),
    ack: tellNobody,
    nak: tellNobody,
    term: tellNobody,
    working: tellNobody,
  } as unknown as JsMsg
}
