import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

export interface HttpServer {
  readonly port: number
  /** Stops accepting, finishes the requests in hand, closes idle connections. */
  close(): Promise<void>
}

/** Listens for HTTP; rejects when the port is taken. */
export async function serve(app: Hono, { HOST, PORT }: { HOST: string; PORT: number }): Promise<HttpServer> {
  const server = createAdaptorServer({ fetch: app.fetch, hostname: HOST }) as import('node:http').Server
  server.listen(PORT, HOST)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      await closed
    },
  }
}
