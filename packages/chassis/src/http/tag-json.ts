import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { etag } from 'hono/etag'

// Weak: a gateway may compress the answer. Of a 304 the client keeps the other headers.
// The default digest is asynchronous, and costs a third more of the whole answer.
const tag = etag({ weak: true, generateDigest: (body) => new Uint8Array(sha1(body)).buffer })

const sha1 = (body: Uint8Array) => createHash('sha1').update(body).digest()

/**
 * Gives JSON that is read an `ETag`, and answers 304 without it to a client that has it already. Only the caller may
 * keep it, and has to ask before each use. Never reads an event stream, which has no end.
 * (app.test: "is never read when it is an event stream")
 */
export const tagJson: MiddlewareHandler = async (c, next) => {
  await next()
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!isRead || c.res.status !== 200 || !c.res.headers.get('content-type')?.startsWith('application/json'))
    return
  c.header('cache-control', 'private, no-cache')
  await tag(c, async () => {})
}
