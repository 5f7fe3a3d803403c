import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Transform } from 'node:stream'

/**
 * A proxy of a server whose connections the test can cut or silence.
 * @param resetsOn receives what a client sends; true resets the connection
 * @param alter receives what the server sends, and returns what the client gets
 */
export async function testProxy(
  serverUrl: string,
  resetsOn = (_data: Buffer): boolean => false,
  alter = (data: Buffer): Buffer => data,
) {
  const { hostname, port } = new URL(serverUrl)
  const clients = new Set<Socket>()
  const servers = new Set<Socket>()
  const listener = createServer((client) => {
    const server = connect(Number(port), hostname)
    clients.add(client)
    // When one side is lost, the other one is closed, too.
    client.on('error', () => {}).on('close', () => server.destroy())
    server.on('error', () => {}).on('close', () => client.destroy())
    server.pipe(new Transform({ transform: (data, _, pass) => pass(null, alter(data)) })).pipe(client)
    servers.add(server)
    client.on('data', (data) => {
      if (resetsOn(data)) client.resetAndDestroy()
      else server.write(data)
    })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const url = new URL(serverUrl)
  url.hostname = '127.0.0.1'
  url.port = String((listener.address() as AddressInfo).port)
  /** Cuts all connections in one turn of the event loop. */
  function cut(): void {
    for (const client of clients) client.destroy()
    clients.clear()
    servers.clear()
  }
  /** Keeps the present connections open, but forwards no further answers. */
  function silence(): void {
    for (const server of servers) server.unpipe().pause()
  }
  return {
    url: url.href,
    cut,
    silence,
    async [Symbol.asyncDispose]() {
      cut()
      listener.close()
      await once(listener, 'close')
    },
  }
}
