import { lookup } from 'node:dns'
import { connect, type LookupFunction, type Socket } from 'node:net'

/** The part of its options that postgres.js passes to `socket`. */
export interface PostgresAddress {
  readonly path?: string | false | undefined
  readonly host: readonly string[]
  readonly port: readonly number[]
}

const checks = 4

/**
 * Connects to a server, and gives up when the server has sent nothing for `silentMs`. TCP alone would wait a quarter
 * of an hour for a machine that is gone.
 * (database.int.test: "gives up on a server that has gone silent")
 */
export function openSocket(
  { path, host: [host], port: [port] }: PostgresAddress,
  silentMs: number | undefined,
): Socket {
  const socket = path ? connect(path) : connectLater(String(host), Number(port))
  // postgres.js reads the name that the TLS certificate is for from the socket.
  Object.assign(socket, { host, port })
  if (silentMs !== undefined) endSilent(socket, silentMs)
  writeTogether(socket)
  return socket
}

/** Not the socket's own timeout: postgres.js removes the socket's listeners when it starts TLS. */
function endSilent(socket: Socket, silentMs: number): void {
  let read = 0
  let silentChecks = 0
  const timer = setInterval(() => {
    if (socket.destroyed) return clearInterval(timer)
    silentChecks = socket.bytesRead > read ? 0 : silentChecks + 1
    read = socket.bytesRead
    if (silentChecks >= checks)
      socket.destroy(Object.assign(new Error('the server is silent'), { code: 'ETIMEDOUT' }))
  }, silentMs / checks)
  timer.unref()
}

/**
 * Connects in a later turn of the event loop. Node connects to an address, unlike to a name, in the same turn. If
 * there is no route, that fails before postgres.js listens for errors, and would end the process.
 * (database.int.test: "survives that there is no route to the server")
 */
function connectLater(host: string, port: number): Socket {
  const lookupLater: LookupFunction = (_, options, found) => setImmediate(() => lookup(host, options, found))
  return connect({ host: 'looked-up-later', port, lookup: lookupLater })
}

/**
 * postgres.js writes as soon as it has 1 KiB, and the rest of a turn of the event loop at its end. Here all of one turn
 * leaves together: with its rest, or, if there is none, in the next turn.
 * (transactions.int.test: "sends the statements of a transaction in two writes, however long they are")
 */
function writeTogether(socket: Socket): void {
  const { write } = socket
  let isHeld = false
  const release = () => {
    if (isHeld) socket.uncork()
    isHeld = false
  }
  socket.write = (data: Buffer, ...rest: never[]) => {
    const isRest = data.length < 1024
    if (!isRest && !isHeld) {
      isHeld = true
      socket.cork()
      setImmediate(() => setImmediate(release))
    }
    const isWritten = write.call(socket, data, ...rest)
    if (isRest) release()
    return isWritten
  }
}
