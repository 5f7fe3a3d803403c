import { ErrorCode, type MsgHdrs, NatsError } from 'nats'
import type { Broker } from './connection.ts'

/** The message of a sequence, the next one from there on of a subject, or the last one of a subject. */
export type DirectGet = Readonly<
  { seq: number; next_by_subj?: string | undefined } | { last_by_subj: string | undefined }
>

/** A message's place in its stream, and the headers that its publisher gave it. */
export interface FoundMessage {
  readonly sequence: number
  readonly subject: string
  readonly headers: MsgHdrs
}

const notFound = 404

/**
 * Gets one message of a stream, as in ADR-31, which servers from 2.10 on support. Needs the permission to publish on
 * `$JS.API.DIRECT.GET.<stream>`, and a stream that allows direct gets. The client's own direct get needs further
 * permissions, because it asks for the last message of a subject on a request subject that ends in that subject.
 *
 * The message comes with its own headers and its own status, which anyone who may publish chooses, and the server adds
 * its headers at the end. (stream-reader.int.test)
 * @returns undefined when there is no such message
 */
export async function directGet(
  broker: Broker,
  stream: string,
  query: DirectGet,
): Promise<FoundMessage | undefined> {
  const subject = `$JS.API.DIRECT.GET.${stream}`
  const request = broker.connection.request(subject, JSON.stringify(query), { timeout: 5000 })
  const answer = await request.catch((error) => {
    if (error instanceof NatsError && error.code === ErrorCode.NoResponders) return 'no-responders' as const
    throw error
  })
  // The client also takes an empty message with the status 503 for this.
  if (answer === 'no-responders') return getFromLeader(broker, stream, query)
  const { headers } = answer
  const sequence = Number(headers?.values('Nats-Sequence').at(-1))
  if (headers && Number.isSafeInteger(sequence) && sequence > 0)
    return { sequence, subject: headers.values('Nats-Subject').at(-1) ?? '', headers }
  if (headers?.code === notFound) return undefined
  throw new Error(`stream ${stream} cannot be read: ${headers?.description || 'no direct get'}`)
}

async function getFromLeader({ jsm }: Broker, stream: string, query: DirectGet) {
  const {
    seq: sequence,
    subject,
    header: headers,
  } = await jsm.streams.getMessage(stream, query as { seq: number })
  return { sequence, subject, headers }
}
