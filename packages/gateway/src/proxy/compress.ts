import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { parseAccept } from 'hono/utils/accept'

/** A smaller answer fits in one packet anyway. */
const minBytes = 1024

export interface AnswerHead {
  readonly headers: OutgoingHttpHeaders
  /** The body is compressed with gzip on its way. */
  readonly isCompressed: boolean
}

/**
 * Marks an answer to be compressed: JSON from 1 KiB on, for a client that accepts gzip. Never an event stream, whose
 * events would wait in the compressor, nor what has a coding already. Services compress nothing, so that it is done once.
 */
export function compressedHead(
  { method, headers: { 'accept-encoding': accepted } }: Pick<IncomingMessage, 'method' | 'headers'>,
  received: IncomingHttpHeaders,
  headers: OutgoingHttpHeaders,
): AnswerHead {
  if (!isCompressible(received)) return { headers, isCompressed: false }
  // A cache must not give the compressed answer to a client that cannot read it.
  const vary = [headers.vary ?? [], 'Accept-Encoding'].flat().join(', ')
  if (method === 'HEAD' || !acceptsGzip(accepted))
    return { headers: { ...headers, vary }, isCompressed: false }
  const { 'content-length': _, ...others } = headers
  // The bytes are others than those that a strong tag is of (RFC 9110 §8.8.1).
  const etag = received.etag && { etag: received.etag.replace(/^"/, 'W/"') }
  return { headers: { ...others, ...etag, vary, 'content-encoding': 'gzip' }, isCompressed: true }
}

function isCompressible(received: IncomingHttpHeaders): boolean {
  const length = received['content-length']
  return (
    /^application\/([\w.-]+\+)?json\b/.test(received['content-type'] ?? '') &&
    received['content-encoding'] === undefined &&
    !/\bno-transform\b/i.test(received['cache-control'] ?? '') &&
    (length === undefined || Number(length) >= minBytes)
  )
}

function acceptsGzip(accepted: string | string[] = ''): boolean {
  const codings = parseAccept(String(accepted))
  const qualityOf = (coding: string) => codings.find(({ type }) => type.toLowerCase() === coding)?.q
  return (qualityOf('gzip') ?? qualityOf('x-gzip') ?? qualityOf('*') ?? 0) > 0
}
