import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Closes a connection with the first answer after half of the age to the whole of it, at random, so that not all of a
 * client's connections are made anew at once. A balancer of connections (layer 4, as in Kubernetes) gives a replica that
 * is added no request of a client that keeps its connections. (added-replica.test)
 */
export function limitConnectionAge(server: Server, ageMs: number): void {
  const expiresAt = new WeakMap<Socket, number>()
  server.prependListener('request', (incoming, outgoing) => {
    const { socket } = incoming
    const now = performance.now()
    const expiry = expiresAt.get(socket)
    if (expiry === undefined) expiresAt.set(socket, now + ageMs * (1 - Math.random() / 2))
    else if (now >= expiry) closeWithAnswer(incoming, outgoing)
  })
}

/** Not while the client is still sending: closed then, the connection would be reset, and the answer lost. */
function closeWithAnswer(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { writeHead } = outgoing
  outgoing.writeHead = (...head: unknown[]) => {
    if (incoming.complete || !hasBody(incoming)) announceClose(outgoing)
    return Reflect.apply(writeHead, outgoing, head)
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

export function announceClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}
