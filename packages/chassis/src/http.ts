import { once } from 'node:events'
import type { Server as HttpNodeServer, ServerResponse } from 'node:http'
import { type AddressInfo, Server, type Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

export interface HttpServer {
  readonly port: number
  /** Stops accepting, finishes the requests in hand, closes every connection. */
  close(): Promise<void>
}

/** Listens for HTTP; rejects when the port is taken. */
export async function serve(app: Hono, { HOST, PORT }: { HOST: string; PORT: number }): Promise<HttpServer> {
  const server = createAdaptorServer({ fetch: app.fetch, hostname: HOST }) as HttpNodeServer
  const letGo = trackConnections(server)
  server.listen(PORT, HOST)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      // Node's own close for HTTP cuts an answer off that a slow client is still reading, and waits for a
      // connection that is kept alive until it has been idle for 5 s.
      // (http.test: "gives a slow reader all of its answer", "does not wait for kept connections")
      Server.prototype.close.call(server)
      letGo()
      await closed
    },
  }
}

/** @returns what closes the connections: each at once when nothing is in hand on it, else after the answer. */
function trackConnections(server: HttpNodeServer): () => void {
  const sockets = new Set<Socket>()
  const inHand = new Map<Socket, ServerResponse>()
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
      inHand.delete(socket)
      read.set(socket, socket.bytesRead)
      if (closing) socket.destroySoon()
    })
  })
  return () => {
    closing = true
    for (const response of inHand.values()) sayGoodbye(response)
    for (const socket of sockets)
      if (!inHand.has(socket) && socket.bytesRead === (read.get(socket) ?? 0)) socket.destroy()
  }
}

function sayGoodbye(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}
