import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { bodyTooLarge, maxBodyBytes } from '@saucery/chassis/http/body-limit'
import { ProblemError } from '@saucery/chassis/http/problem'
import { dispatch } from './dispatch.ts'
import { isConnectionLoss, Overloaded } from './failures.ts'
import type { Upstream } from './upstreams.ts'

export interface UpstreamRequest {
  readonly path: string
  readonly headers: string[]
  /** Makes the headers of the answer from those that the service sent. */
  onHead(headers: IncomingHttpHeaders): OutgoingHttpHeaders
}

/**
 * Has the service answer the request; both bodies flow, neither is held.
 * Only a GET or HEAD without a body is ever sent twice: whether anything else was carried out before the
 * connection broke cannot be known (RFC 9110 §9.2.2; failures.test: "never has a POST sent twice").
 */
export async function forward(
  upstream: Upstream,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { path, headers, onHead }: UpstreamRequest,
): Promise<void> {
  const method = incoming.method ?? 'GET'
  const body = bodyOf(incoming)
  const headersTimeout = upstream.timeoutMs + preferredWaitMs(incoming.headers)
  const send = () =>
    whileWaiting(upstream, (answered) =>
      dispatch(
        upstream.pool,
        { method, path, headers, body, headersTimeout },
        outgoing,
        upstream.readerTimeoutMs,
        (received) => {
          answered()
          return onHead(received)
        },
      ),
    )
  const mayRepeat = body === null && (method === 'GET' || method === 'HEAD')
  try {
    await send()
  } catch (error) {
    if (!mayRepeat || outgoing.headersSent || !isConnectionLoss(error)) throw error
    await send()
  }
}

/** Counts one among the waiting until its answer begins or it is over: a stuck service holds only so many. */
async function whileWaiting(upstream: Upstream, run: (answered: () => void) => Promise<void>): Promise<void> {
  if (upstream.waiting >= upstream.maxWaiting) throw new Overloaded()
  upstream.waiting++
  let isWaiting = true
  const answered = () => {
    if (isWaiting) upstream.waiting--
    isWaiting = false
  }
  try {
    await run(answered)
  } finally {
    answered()
  }
}

/** A body that says its length was let in by that: Node lets no more through. */
function bodyOf(incoming: IncomingMessage): Readable | null {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
  if (encoding !== undefined) return Readable.from(limited(incoming))
  return length === undefined || length === '0' ? null : incoming
}

/** The body, chunk by chunk, as long as it is not too large. */
async function* limited(incoming: IncomingMessage): AsyncGenerator<Buffer> {
  let bytes = 0
  // Not destroyed, so that the server can discard the rest of it while the client is told.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw new ProblemError(bodyTooLarge)
    yield chunk
  }
}

/** `Prefer: wait=N` (RFC 7240): who asks a service to take its time gets that time, up to five minutes. */
function preferredWaitMs({ prefer }: IncomingHttpHeaders): number {
  const wait = prefer === undefined ? null : /(?:^|[\s,;])wait\s*=\s*"?(\d{1,9})/i.exec(String(prefer))
  return wait ? Math.min(Number(wait[1]), 300) * 1000 : 0
}
