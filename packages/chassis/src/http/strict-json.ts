import type { MiddlewareHandler } from 'hono'
import { type Problem, ProblemError, unsupportedMediaType } from './problem.ts'

/**
 * Reads a JSON body as RFC 8259 and RFC 7493 (I-JSON) define it: `application/json` in UTF-8, without a content coding,
 * each key once. Read less strictly, invalid bytes would be stored as U+FFFD, and two readers of one body could each
 * take another value of a key.
 */
export const strictJson: MiddlewareHandler = async (c, next) => {
  const coding = c.req.header('content-encoding')
  if (coding !== undefined && coding.toLowerCase() !== 'identity')
    throw new ProblemError(unsupportedCoding, { 'accept-encoding': 'identity' })
  const type = c.req.header('content-type') ?? ''
  if (!/[/+]json\s*(;|$)/i.test(type) || c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  if (!isUtf8Json(type)) throw new ProblemError(unsupportedMediaType, { accept: 'application/json' })
  const text = decode(await c.req.arrayBuffer())
  // An empty body is none: it is for the route to say whether it needs one.
  if (text !== '') refuseInvalid(text)
  return next()
}

const unsupportedCoding: Problem = {
  status: 415,
  code: 'unsupported-content-encoding',
  title: 'The body must have no Content-Encoding',
}

const invalidJson = (detail: string) =>
  new ProblemError({ status: 400, code: 'invalid-json', title: 'The body is not valid JSON', detail })

function isUtf8Json(type: string): boolean {
  const charsets = [...type.matchAll(/;\s*charset\s*=\s*"?([^";\s]*)/gi)]
  return (
    /^\s*application\/json\s*(;|$)/i.test(type) && charsets.every(([, name]) => /^utf-?8$/i.test(name ?? ''))
  )
}

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalidJson('It is not valid UTF-8.')
  }
}

function refuseInvalid(text: string): void {
  try {
    JSON.parse(text)
  } catch {
    throw invalidJson('It cannot be parsed.')
  }
  const key = repeatedKey(text)
  if (key !== undefined) throw invalidJson(`An object has the key ${JSON.stringify(key)} more than once.`)
}

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g

/** @param text valid JSON */
function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = []
  for (const [token, colon] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') open.push(new Set())
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const key: string = JSON.parse(token.slice(0, -colon.length))
      const keys = open.at(-1)
      if (keys?.has(key)) return key
      keys?.add(key)
    }
  }
  return undefined
}
