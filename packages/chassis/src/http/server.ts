import { once } from 'node:events'
import { createServer, type Server as HttpNodeServer, type ServerResponse } from 'node:http'
import { type AddressInfo, Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Hono } from 'hono'
import type { z } from 'zod'
import type { httpSettings } from '../settings/settings.ts'
import type { Log } from '../telemetry/log.ts'
import { answerMalformedRequests } from './malformed-requests.ts'
import { internalError, malformedRequest, problemJson } from './problem.ts'
import { prepareResponse } from './security-headers.ts'

export interface HttpServer {
  readonly port: number
  /** Stops accepting, finishes the requests in hand, closes every connection. */
  close(): Promise<void>
}

/** Listens for HTTP; rejects when the port is taken. */
export async function serve(
  app: Pick<Hono, 'fetch'>,
  settings: z.infer<typeof httpSettings>,
  log: Log,
): Promise<HttpServer> {
  const { HOST, PORT } = settings
  const answer = getRequestListener(app.fetch, { errorHandler: (error) => answerTo(error, log) })
  const server = createServer(limits(settings), (incoming, outgoing) => {
    prepareResponse(incoming, outgoing)
    return answer(incoming, outgoing)
  })
  const { inHand, letGo } = trackConnections(server)
  answerMalformedRequests(server, (connection) => inHand.get(connection), log)
  server.listen(PORT, HOST)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      // Node's own close for HTTP cuts an answer off that a slow client is still reading, and waits for a
      // connection that is kept alive until it has been idle for 5 s.
      // (server.test: "gives a slow reader all of its answer", "does not wait for kept connections")
      Server.prototype.close.call(server)
      letGo()
      await closed
    },
  }
}

/** What a client may cost before the app sees its request. Answers may take their time, event streams do. */
const limits = (settings: z.infer<typeof httpSettings>) => ({
  maxHeaderSize: 16 * 1024,
  // Node refuses a limit for the head beyond the one for all of the request.
  headersTimeout: Math.min(settings.HEADERS_TIMEOUT_MS, settings.REQUEST_TIMEOUT_MS),
  requestTimeout: settings.REQUEST_TIMEOUT_MS,
  keepAliveTimeout: settings.KEEP_ALIVE_TIMEOUT_MS,
  connectionsCheckingInterval: 500,
  // The adaptor answers it as a problem.
  requireHostHeader: false,
})

/** For a request with a host or a URL that cannot be any, and for an app that fails to answer its own errors. */
function answerTo(error: unknown, log: Log): Response {
  const isBadRequest = error instanceof RequestError
  if (!isBadRequest) log.error({ error }, 'request failed')
  const problem = isBadRequest ? malformedRequest : internalError
  const headers = { 'content-type': 'application/problem+json' }
  return new Response(problemJson(problem), { status: problem.status, headers })
}

/** @returns what is in hand, and what closes the connections: each at once when nothing is in hand on it, else after the answer. */
function trackConnections(server: HttpNodeServer) {
  const sockets = new Set<Socket>()
  const inHand = new Map<Duplex, ServerResponse>()
  /** Bytes that were read of a connection when its last answer was complete: more is a request on its way. */
  const read = new WeakMap<Socket, number>()
  let closing = false

  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.prependListener('request', ({ socket }, response) => {
    inHand.set(socket, response)
    if (closing) sayGoodbye(response)
    response.once('close', () => {
      if (inHand.get(socket) === response) inHand.delete(socket)
      read.set(socket, socket.bytesRead)
      if (closing) socket.destroySoon()
    })
  })
  return {
    inHand,
    letGo() {
      closing = true
      for (const response of inHand.values()) sayGoodbye(response)
      for (const socket of sockets)
        if (!inHand.has(socket) && socket.bytesRead === (read.get(socket) ?? 0)) socket.destroy()
    },
  }
}

function sayGoodbye(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}
