import { lookup } from 'node:dns'
import { connect, type LookupFunction, type Socket } from 'node:net'

/** Where a server listens: at a path, or at a host's port. */
export interface Address {
  readonly path?: string | undefined
  readonly host: readonly string[]
  readonly port: readonly number[]
}

const looks = 4

/**
 * Connects to a server, and breaks off when nothing has come from it for `silentMs`: a machine that is gone does not
 * say so, and TCP waits for it a quarter of an hour.
 * (database.int.test: "gives up on a server that has gone silent")
 */
export function openSocket({ path, host: [host], port: [port] }: Address, silentMs: number): Socket {
  const socket = path ? connect(path) : later(String(host), Number(port))
  // postgres.js asks the socket for the name that the certificate is for.
  Object.assign(socket, { host, port })
  let read = 0
  let silent = 0
  // Not by the socket's own timeout: who speaks TLS over it removes its listeners.
  const look = setInterval(() => {
    if (socket.destroyed) return clearInterval(look)
    silent = socket.bytesRead > read ? 0 : silent + 1
    read = socket.bytesRead
    if (silent >= looks)
      socket.destroy(Object.assign(new Error('the server is silent'), { code: 'ETIMEDOUT' }))
  }, silentMs / looks)
  look.unref()
  return socket
}

/**
 * Connects in a later turn. An address, unlike a name, is connected to at once, and where no way leads there that
 * fails before postgres.js listens for errors, which would end the process.
 * (database.int.test: "survives that no way leads to the server")
 */
function later(host: string, port: number): Socket {
  const lookupLater: LookupFunction = (_, options, found) => setImmediate(() => lookup(host, options, found))
  return connect({ host: 'looked-up-later', port, lookup: lookupLater })
}
