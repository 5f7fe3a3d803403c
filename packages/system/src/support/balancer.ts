import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * A TCP balancer of replicas on this machine, each in turn. As in Kubernetes, a replica that is taken out gets no new
 * connection, and keeps those that it has.
 */
export async function openBalancer(replicas: readonly number[]) {
  const ports = new Set(replicas)
  const sockets = new Set<Socket>()
  let turn = 0
  const server = createServer({ noDelay: true }, (client) => {
    const port = [...ports][turn++ % ports.size]
    if (port === undefined) return client.destroy()
    const replica = connect({ port, host: '127.0.0.1', noDelay: true })
    for (const [one, other] of [
      [client, replica],
      [replica, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => sockets.delete(one))
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    takeOut: (replica: number): void => void ports.delete(replica),
    putIn: (replica: number): void => void ports.add(replica),
    close(): void {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
