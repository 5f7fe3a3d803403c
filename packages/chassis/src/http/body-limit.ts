import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Problem, ProblemError } from './problem.ts'

/** No request of ours needs more: 64 KiB. */
export const maxBodyBytes = 64 * 1024

export const bodyTooLarge: Problem = {
  status: 413,
  code: 'body-too-large',
  title: 'The body is larger than 64 KiB',
}

const limitUnknown = bodyLimit({
  maxSize: maxBodyBytes,
  onError() {
    throw new ProblemError(bodyTooLarge)
  },
})

/** Refuses bodies that are too large. Hono's own limit makes a web stream of each, which few of them need. */
export const limitBody: MiddlewareHandler = (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  const length = c.req.header('content-length')
  if (length === undefined || c.req.header('transfer-encoding') !== undefined) return limitUnknown(c, next)
  if (Number(length) > maxBodyBytes) throw new ProblemError(bodyTooLarge)
  return next()
}
