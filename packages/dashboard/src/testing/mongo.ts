import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { MongoClient } from 'mongodb'

/** The server that a test ran on: SecantusDB reports the MongoDB version that it emulates. */
export async function serverBehind(url: string): Promise<string> {
  const client = new MongoClient(url)
  const { version, secantusVersion } = await client.db().command({ buildInfo: 1 })
  await client.close()
  return secantusVersion ? `SecantusDB ${secantusVersion}` : `MongoDB ${version}`
}

/**
 * A proxy to MongoDB that cuts the connection once, when a command such as `insert` comes: before the server receives
 * it, or after the server has answered.
 */
export async function cuttingProxy(url: string, command: string, cuts: 'request' | 'answer') {
  const target = new URL(url)
  const word = Buffer.from(`\u0002${command}\0`)
  const sockets = new Set<Socket>()
  let hasCut = false
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    let isCutting = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut).on('close', cut)
    }
    client.on('data', (chunk) => {
      isCutting = !hasCut && chunk.includes(word)
      hasCut ||= isCutting
      if (isCutting && cuts === 'request') cut()
      else upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (isCutting) cut()
      else client.write(chunk)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const through = new URL(url)
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  through.searchParams.set('directConnection', 'true')
  return {
    url: through.href,
    hasCut: () => hasCut,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}
