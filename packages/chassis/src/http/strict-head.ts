import type { IncomingMessage, ServerResponse } from 'node:http'
import { malformedRequest, type Problem, problemHeaders, problemJson } from './problem.ts'

/** Node uses the first of several; a proxy before it may have decided by the last. */
const onlyOnce = new Set(['authorization', 'content-type', 'host'])

/** With the codings that a server or proxy behind this one may undo: `%2e` is a dot, `%2f` and a backslash a slash. */
const dotSegment = /(?:[/\\]|%(?:25)*(?:2f|5c))(?:\.|%(?:25)*2e){1,2}(?:$|[/\\]|%(?:25)*(?:2f|5c))/i

/**
 * Answers what Node's parser lets through although RFC 9112 has it refused (§2.3: the version, §3.2: two hosts), a path
 * with a dot segment, which could be routed by one path and served by another, and `OPTIONS *`, which asks for no route.
 * @returns whether the request is answered
 */
export function answerByHead(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  if (incoming.method === 'OPTIONS' && incoming.url === '*') {
    outgoing.writeHead(204, { allow: serverMethods }).end()
    return true
  }
  const problem = problemOf(incoming)
  if (!problem) return false
  const body = problemJson(problem)
  const length = { 'content-length': Buffer.byteLength(body) }
  outgoing.writeHead(problem.status, { ...problemHeaders, ...length, connection: 'close' }).end(body)
  return true
}

/** What some route has. */
export const serverMethods = 'GET, HEAD, POST, OPTIONS'

function problemOf({ httpVersion, rawHeaders, url = '' }: IncomingMessage): Problem | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return unsupportedVersion
  const [path = ''] = url.split(/[?#]/, 1)
  if (dotSegment.test(path)) return { ...malformedRequest, detail: 'The path has a dot segment.' }
  const found = new Set<string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    if (!onlyOnce.has(name)) continue
    if (found.has(name)) return { ...malformedRequest, detail: `The header ${name} is there more than once.` }
    found.add(name)
  }
  return undefined
}

const unsupportedVersion: Problem = {
  status: 505,
  code: 'unsupported-http-version',
  title: 'The request must be of HTTP/1.1 or HTTP/1.0',
}
