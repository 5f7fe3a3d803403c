import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../telemetry/log.ts'
import { malformedRequest, type Problem, problemJson } from './problem.ts'
import { securityHeaders } from './security-headers.ts'

/** How long a client that is still sending has to read why it is refused: closed at once, it may never see it. */
const lingerMs = 1000

/**
 * Answers what never becomes a request for the app: what cannot be parsed, is too long, takes too long, or asks
 * for a tunnel. Each closes its connection.
 * @param inHand the answer that a connection waits for
 */
export function answerMalformedRequests(
  server: Server,
  inHand: (connection: Duplex) => ServerResponse | undefined,
  log: Log,
): void {
  const refused = new WeakSet<Duplex>()

  function refuse(connection: Duplex, reason: string, problem: Problem, headers: string[] = []): void {
    const requestId = uuidv7()
    refused.add(connection)
    log.info({ requestId, reason, status: problem.status }, 'request refused')
    connection.end(answerOf(problem, [`x-request-id: ${requestId}`, ...headers]))
    setTimeout(() => connection.destroy(), lingerMs).unref()
  }

  server.on('clientError', (error: NodeJS.ErrnoException, connection) => {
    // What it sends after that is nonsense too.
    if (refused.has(connection)) return
    const waitsFor = inHand(connection)
    if (!connection.writable || (waitsFor && isForAnother(waitsFor))) connection.destroy()
    else refuse(connection, String(error.code), problems[error.code ?? ''] ?? malformedRequest)
  })
  server.on('connect', (_, connection) => {
    connection.on('error', () => {})
    refuse(connection, 'CONNECT', noTunnel, ['allow: GET, HEAD, POST, OPTIONS'])
  })
  // Whoever expects more than we know gets what it would without (RFC 9110 §10.1.1), not Node's empty 417.
  server.on('checkExpectation', (incoming, outgoing) => server.emit('request', incoming, outgoing))
}

/** A refusal would be taken for the answer to a request before, or for a part of it. */
const isForAnother = ({ headersSent, req, socket }: ServerResponse) =>
  headersSent || req.complete || socket === null

const problems: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers-too-large',
    title: 'The headers and the URL are larger than 16 KiB',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request-timeout',
    title: 'The request did not arrive in time',
  },
}

const noTunnel: Problem = { status: 405, code: 'method-not-allowed', title: 'There are no tunnels here' }

const safe = Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`)

function answerOf(problem: Problem, headers: string[]): string {
  const body = problemJson(problem)
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `date: ${new Date().toUTCString()}`,
    'connection: close',
    ...safe,
    ...headers,
    '',
    body,
  ].join('\r\n')
}
