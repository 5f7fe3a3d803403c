import { readdirSync, readFileSync } from 'node:fs'
import { type AnyFact, type Publisher, serviceContracts } from '@saucery/contracts/choreography'
import { parseEvent } from '@saucery/messaging/events/cloud-events'
import type { ReceivedEvent } from '@saucery/messaging/events/event'

/** A message as it was published. */
interface RecordedMessage {
  readonly stream: string
  readonly sequence: number
  readonly subject: string
  readonly headers: Readonly<Record<string, string>>
  readonly data: object
}

/** The recorded messages of one order, from its placing to its end. */
export interface OrderHistory {
  readonly messages: readonly RecordedMessage[]
  /**
   * The names of the events that each service publishes and consumes, in the order in which they reach its state. A
   * service that came later has none.
   */
  readonly arrivals: Readonly<Partial<Record<Publisher, readonly string[]>>>
}

/** A file of a history: with what the services make of it. */
export interface StoredHistory extends OrderHistory {
  readonly result: object
}

export const historiesFolder = new URL('../../../contracts/histories/', import.meta.url)

/** The text of every stored history, by the name of its file. */
export const storedHistories = (): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(historiesFolder)
      .sort()
      .map((file) => [file, readFileSync(new URL(file, historiesFolder), 'utf8')]),
  )

/** What a file contains, to the byte. */
export const historyText = ({ messages, arrivals, result }: StoredHistory): string =>
  `${JSON.stringify({ messages, arrivals, result }, null, 2)}\n`

/** The event and its version, such as `OrderPlaced.1`. */
export const kindOf = ({ headers }: RecordedMessage): string =>
  String(headers['ce-dataschema']).split(':').slice(-2).join('.')

/** Reads the messages as every service does, which upcasts old versions. Their signatures are another test's matter. */
export const recordedEvents = ({ messages }: OrderHistory): ReceivedEvent<AnyFact>[] =>
  messages.map(({ stream, sequence, subject, headers, data }) => {
    const contract = serviceContracts.find((one) => one.stream === stream)
    const message = {
      subject,
      headers: new Headers(headers) as never,
      data: new TextEncoder().encode(JSON.stringify(data)),
    }
    const expected = {
      publisher: contract?.service ?? '',
      events: contract?.publishes ?? [],
      verify: () => 'signed' as const,
    }
    const event = parseEvent(message, expected, new Date(Number.NaN))
    return { ...event, stream, sequence, deliveries: 1 } as unknown as ReceivedEvent<AnyFact>
  })
