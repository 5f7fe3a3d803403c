import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { BSON, type Document } from 'mongodb'

/** The header's four numbers, the flags, and the kind of the first section, which is the command or the reply. */
const [opMsg, bodyAt] = [2013, 21]

/**
 * A proxy to MongoDB that reads what passes.
 * @param answer what the server is to seem to have replied to a command; undefined: what it did reply; `held`: nothing
 */
export async function mongoProxy(
  url: string,
  answer: (command: Document, reply: Document) => Document | 'held' | undefined = () => undefined,
) {
  const target = new URL(url)
  const commands: Document[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    const pending = new Map<number, Document>()
    for (const socket of [client, upstream])
      sockets.add(socket.on('error', () => {}).on('close', () => [client, upstream].map((s) => s.destroy())))
    eachMessage(client, (message) => {
      if (message.readInt32LE(12) === opMsg) {
        const command = bodyOf(message)
        commands.push(command)
        pending.set(message.readInt32LE(4), command)
      }
      upstream.write(message)
    })
    eachMessage(upstream, (message) => {
      const command = pending.get(message.readInt32LE(8))
      const changed = command && answer(command, bodyOf(message))
      if (changed !== 'held') client.write(changed ? withBody(message, changed) : message)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const through = new URL(url)
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  through.searchParams.set('directConnection', 'true')
  return {
    url: through.href,
    /** Every command so far, without the documents that it writes. */
    commands,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}

function eachMessage(socket: Socket, handle: (message: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0)
      handle(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
  })
}

const bodyOf = (message: Buffer): Document =>
  BSON.deserialize(message.subarray(bodyAt, bodyAt + message.readInt32LE(bodyAt)))

function withBody(message: Buffer, body: Document): Buffer {
  const changed = Buffer.concat([message.subarray(0, bodyAt), BSON.serialize(body)])
  changed.writeInt32LE(changed.length, 0)
  return changed
}
