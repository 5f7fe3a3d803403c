import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { malformedRequest, ProblemError } from './problem.ts'

/** A whole number in a query: decimal digits, and not the other texts that JavaScript reads as numbers. */
export const wholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(
    (text) => (typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : text),
    z.int({ error: 'must be a whole number, in decimal digits' }).min(min).max(max),
  )

/**
 * Refuses a query that is not percent-encoded UTF-8: read less strictly, it would ask for another text.
 * (app.test: "is malformed when it is not percent-encoded UTF-8")
 */
export const strictQuery: MiddlewareHandler = (c, next) => {
  const { url } = c.req
  const start = url.indexOf('?')
  if (start >= 0 && url.includes('%', start)) decode(url.slice(start))
  return next()
}

function decode(query: string): void {
  try {
    decodeURIComponent(query)
  } catch {
    throw new ProblemError({ ...malformedRequest, detail: 'The query is not percent-encoded UTF-8.' })
  }
}
