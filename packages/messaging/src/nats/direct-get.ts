import type { Msg, MsgHdrs } from 'nats'
import type { Broker } from './connection.ts'

/** Which message: that of a sequence, the next one from there on that fits, or the last one that does. */
export type DirectGet = Readonly<
  { seq: number; next_by_subj?: string | undefined } | { last_by_subj: string | undefined }
>

/** A message as a direct get answers it; `Nats-Subject`, `Nats-Sequence` and `Nats-Time-Stamp` are in its headers. */
export type DirectMsg = Msg & { readonly headers: MsgHdrs }

const notFound = 404

/**
 * Asks a stream for one message as ADR-31 has it, which servers from 2.10 on know: needs the right to publish on
 * `$JS.API.DIRECT.GET.<stream>`, and a stream that allows it. The client's own direct gets put the last subject wanted
 * into the one that is published on, and those of many messages only find the last of each subject.
 * @returns undefined when there is no such message
 */
export async function directGet(
  { connection }: Broker,
  stream: string,
  query: DirectGet,
): Promise<DirectMsg | undefined> {
  const answer = await connection.request(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(query), {
    timeout: 5000,
  })
  const { headers } = answer
  if (headers?.code === notFound) return undefined
  const sequence = Number(headers?.get('Nats-Sequence'))
  if (headers?.code !== 0 || !Number.isSafeInteger(sequence) || sequence < 1)
    throw new Error(`stream ${stream} cannot be read: ${headers?.description || 'no direct get'}`)
  return answer as DirectMsg
}

/** The id of the event in a message; empty when it has none. */
export const eventIdIn = ({ headers }: DirectMsg): string =>
  headers.get('ce-id') || headers.get('Nats-Msg-Id')
