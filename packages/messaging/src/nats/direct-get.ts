import type { Msg, MsgHdrs } from 'nats'
import type { Broker } from './connection.ts'

/** The message of a sequence, the next one from there on of a subject, or the last one of a subject. */
export type DirectGet = Readonly<
  { seq: number; next_by_subj?: string | undefined } | { last_by_subj: string | undefined }
>

const notFound = 404

/**
 * Gets one message of a stream, as in ADR-31, which servers from 2.10 on support. Needs the permission to publish on
 * `$JS.API.DIRECT.GET.<stream>`, and a stream that allows direct gets. The client's own direct get needs further
 * permissions, because it asks for the last message of a subject on a request subject that ends in that subject.
 * @returns headers that include `Nats-Subject`, `Nats-Sequence` and `Nats-Time-Stamp`; undefined when there is no such
 * message
 */
export async function directGet({ connection }: Broker, stream: string, query: DirectGet) {
  const subject = `$JS.API.DIRECT.GET.${stream}`
  const answer = await connection.request(subject, JSON.stringify(query), { timeout: 5000 })
  const { headers } = answer
  if (headers?.code === notFound) return undefined
  const sequence = Number(headers?.get('Nats-Sequence'))
  if (headers?.code !== 0 || !Number.isSafeInteger(sequence) || sequence < 1)
    throw new Error(`stream ${stream} cannot be read: ${headers?.description || 'no direct get'}`)
  return answer as Msg & { readonly headers: MsgHdrs }
}
