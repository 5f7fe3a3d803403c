import { once } from 'node:events'
import {
  createServer,
  type Server as HttpNodeServer,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { getRequestListener, RequestError } from '@hono/node-server'
import { certificatesIn } from '@saucery/messaging/tls/certificate-files'
import type { Hono } from 'hono'
import type { HttpSettings } from '../settings/settings.ts'
import type { Log } from '../telemetry/log.ts'
import { announceClose, limitConnectionAge } from './connection-age.ts'
import { answerMalformedRequests } from './malformed-requests.ts'
import { internalError, malformedRequest, problemHeaders, problemJson } from './problem.ts'
import { prepareResponse } from './security-headers.ts'
import { answerByHead } from './strict-head.ts'

/**
 * Serves HTTPS where the settings name a certificate, else HTTP.
 * @throws when the port is taken, or the certificate cannot be read
 */
export async function serve(app: Pick<Hono, 'fetch'>, settings: HttpSettings, log: Log) {
  const answer = getRequestListener(app.fetch, { errorHandler: (error) => answerError(error, log) })
  const server = openServer(settings, (incoming, outgoing) => {
    prepareResponse(incoming, outgoing)
    return answerByHead(incoming, outgoing) ? undefined : answer(incoming, outgoing)
  })
  const { inFlight, closeAll } = trackConnections(server)
  limitConnectionAge(server, settings.MAX_CONNECTION_AGE_MS)
  answerMalformedRequests(server, (connection) => inFlight.get(connection), log)
  server.listen(settings.PORT, settings.HOST)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    /**
     * Stops accepting, finishes the answers in flight, closes every connection.
     * @param quietMs connections without a request stay open for this time: a client that has not learnt of the stop
     * gets an answer on them, with `connection: close`
     */
    async close(quietMs = 0): Promise<void> {
      const closed = once(server, 'close')
      // Node's own close for HTTP cuts off an answer that a slow client is still reading, and waits up to 5 s for an
      // idle keep-alive connection.
      // (server.test: "gives a slow reader its whole answer", "does not wait for idle connections")
      Server.prototype.close.call(server)
      closeAll(quietMs)
      await closed
    },
  }
}

const renewedEveryMs = 60_000

function openServer(settings: HttpSettings, listener: RequestListener): HttpNodeServer {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = settings
  if (cert === undefined && key === undefined) return createServer(limits(settings), listener)
  if (cert === undefined || key === undefined)
    throw new Error('TLS_CERT_FILE and TLS_KEY_FILE belong together')
  const certificates = certificatesIn({ cert, key })
  let current = certificates()
  const handshakeTimeout = settings.HEADERS_TIMEOUT_MS
  const server = createTlsServer(
    { ...limits(settings), ...withoutContext(current), handshakeTimeout },
    listener,
  )
  const renewal = setInterval(() => {
    if (certificates() === current) return
    current = certificates()
    server.setSecureContext(withoutContext(current))
  }, renewedEveryMs)
  server.once('close', () => clearInterval(renewal))
  return server
}

/** The texts alone: a server makes its own context, with its own session tickets. */
const withoutContext = ({ cert, key }: { cert?: string; key?: string }) => ({
  cert: String(cert),
  key: String(key),
})

/** For the request only: an answer may take its time, as event streams do. */
const limits = (settings: HttpSettings) => ({
  maxHeaderSize: 16 * 1024,
  // Node refuses a limit for the head beyond the one for the whole request.
  headersTimeout: Math.min(settings.HEADERS_TIMEOUT_MS, settings.REQUEST_TIMEOUT_MS),
  requestTimeout: settings.REQUEST_TIMEOUT_MS,
  keepAliveTimeout: settings.KEEP_ALIVE_TIMEOUT_MS,
  connectionsCheckingInterval: 500,
  // The adapter answers a missing host with a problem; Node would send an empty 400.
  requireHostHeader: false,
})

/** For a malformed host or URL, and for an app that throws outside its own error handler. */
function answerError(error: unknown, log: Log): Response {
  const problem = error instanceof RequestError ? malformedRequest : internalError
  if (problem === internalError) log.error({ error }, 'request failed')
  return new Response(problemJson(problem), { status: problem.status, headers: problemHeaders })
}

/** `closeAll` closes idle connections after a quiet time, and each other one after its answer. */
function trackConnections(server: HttpNodeServer) {
  /** By the client's address: with TLS a connection first has one socket, and after its handshake another. */
  const sockets = new Map<string, Socket>()
  const inFlight = new Map<Duplex, ServerResponse>()
  /** How many bytes were read when the last answer was complete: with more, a request is on its way. */
  const bytesAnswered = new WeakMap<Socket, number>()
  let isClosing = false

  function track(socket: Socket): void {
    const client = `${socket.remoteAddress} ${socket.remotePort}`
    sockets.set(client, socket)
    socket.once('close', () => {
      if (sockets.get(client) === socket) sockets.delete(client)
    })
  }
  server.on('connection', track)
  server.on('secureConnection', (socket: TLSSocket) => {
    // Its handshake is no request.
    bytesAnswered.set(socket, socket.bytesRead)
    track(socket)
    if (isClosing) socket.destroy()
  })
  server.prependListener('request', ({ socket }, response) => {
    inFlight.set(socket, response)
    if (isClosing) announceClose(response)
    response.once('close', () => {
      if (inFlight.get(socket) === response) inFlight.delete(socket)
      bytesAnswered.set(socket, socket.bytesRead)
      if (isClosing) socket.destroySoon()
    })
  })
  function closeIfIdle(socket: Socket): void {
    if (!inFlight.has(socket) && socket.bytesRead === (bytesAnswered.get(socket) ?? 0)) socket.destroy()
  }
  // The time of an idle connection is over. After a stall of this process (a machine that slept, or gave it no
  // processor) its timers run before it reads: a request may have arrived in time, and Node would cut it off.
  server.on('timeout', (socket: Socket) => setImmediate(closeIfIdle, socket))
  return {
    inFlight,
    closeAll(quietMs: number) {
      isClosing = true
      for (const response of inFlight.values()) announceClose(response)
      const closeIdle = () => sockets.forEach(closeIfIdle)
      if (quietMs === 0) return closeIdle()
      // After the turn that read what has arrived: a connection with unread bytes would be reset.
      const quiet = setTimeout(setImmediate, quietMs, closeIdle)
      server.once('close', () => clearTimeout(quiet))
    },
  }
}
