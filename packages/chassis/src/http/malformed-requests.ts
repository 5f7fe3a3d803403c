import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../telemetry/log.ts'
import { malformedRequest, methodNotAllowed, type Problem, problemJson } from './problem.ts'
import { defaultHeaders } from './security-headers.ts'
import { serverMethods } from './strict-head.ts'

/** A client that is still sending gets this time to read its answer: closed at once, it may never see it. */
const lingerMs = 1000

/**
 * Answers what Node never hands to the app: requests that cannot be parsed, are too large or too slow, and CONNECT.
 * Each answer closes its connection.
 * @param answerInFlight the unfinished answer on a connection, if there is one
 */
export function answerMalformedRequests(
  server: Server,
  answerInFlight: (connection: Duplex) => ServerResponse | undefined,
  log: Log,
): void {
  const refused = new WeakSet<Duplex>()

  function refuse(connection: Duplex, reason: string, headers: string[] = []): void {
    const problem = problems[reason] ?? malformedRequest
    const requestId = uuidv7()
    refused.add(connection)
    log.info({ requestId, reason, status: problem.status }, 'request refused')
    connection.end(rawAnswer(problem, [`x-request-id: ${requestId}`, ...headers]))
    setTimeout(() => connection.destroy(), lingerMs).unref()
  }

  server.on('clientError', (error: NodeJS.ErrnoException, connection) => {
    // The rest of a malformed request is malformed too.
    if (refused.has(connection)) return
    const answer = answerInFlight(connection)
    if (!connection.writable || (answer && isForEarlierRequest(answer))) connection.destroy()
    else refuse(connection, String(error.code))
  })
  server.on('connect', (_, connection) => {
    connection.on('error', () => {})
    refuse(connection, 'CONNECT', [`allow: ${serverMethods}`])
  })
  // An unknown expectation may be ignored (RFC 9110 §10.1.1); Node would answer it with an empty 417.
  server.on('checkExpectation', (incoming, outgoing) => server.emit('request', incoming, outgoing))
}

/** Then the client would take a refusal for that answer, or for a part of it. */
const isForEarlierRequest = ({ headersSent, req, socket }: ServerResponse) =>
  headersSent || req.complete || socket === null

const tooLarge = 'The headers and the URL are larger than 16 KiB'
const tooSlow = 'The request did not arrive in time'

const problems: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'headers-too-large', title: tooLarge },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'request-timeout', title: tooSlow },
  CONNECT: { ...methodNotAllowed, title: 'CONNECT is not supported' },
}

function rawAnswer(problem: Problem, headers: string[]): string {
  const body = problemJson(problem)
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `date: ${new Date().toUTCString()}`,
    'connection: close',
    ...Object.entries(defaultHeaders).map(([name, value]) => `${name}: ${value}`),
    ...headers,
    '',
    body,
  ].join('\r\n')
}
