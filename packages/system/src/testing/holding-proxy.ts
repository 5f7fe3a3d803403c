import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A proxy that sends an answer on when it is complete: of an event stream not a byte. */
export async function holdingProxy(to: string) {
  const { hostname, port, host } = new URL(to)
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const forwarded = request({ hostname, port, method, path, headers: { ...headers, host, origin: to } })
    forwarded.on('error', () => outgoing.destroy())
    forwarded.on('response', async (answer) => {
      const body = await text(answer.setEncoding('latin1')).catch(() => outgoing.destroy())
      if (typeof body === 'string')
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(body, 'latin1')
    })
    outgoing.on('close', () => forwarded.destroy())
    incoming.pipe(forwarded)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}
