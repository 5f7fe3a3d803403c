import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Problem, ProblemError } from './problem.ts'

export const maxBodyBytes = 64 * 1024

export const bodyTooLarge: Problem = {
  status: 413,
  code: 'body-too-large',
  title: 'The body is larger than 64 KiB',
}

const refuse = () => {
  throw new ProblemError(bodyTooLarge)
}

const limitWhileReading = bodyLimit({ maxSize: maxBodyBytes, onError: refuse })

/** Refuses too large bodies. Hono's own limit wraps each body in a web stream: only one of unknown length needs that. */
export const limitBody: MiddlewareHandler = (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  const length = c.req.header('content-length')
  if (length === undefined || c.req.header('transfer-encoding') !== undefined)
    return limitWhileReading(c, next)
  return Number(length) > maxBodyBytes ? refuse() : next()
}
