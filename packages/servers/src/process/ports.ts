import { createSocket } from 'node:dgram'
import { connect, createServer } from 'node:net'

// Below the ports that systems give to outgoing connections. One of those could be taken between the choice and the
// use of a port, or while a killed server is started again. Each process begins at a place of its own in the range.
const FROM = 10_000
const COUNT = 20_000
const PER_PROCESS = 16
let next = process.pid * PER_PROCESS

/** A free port on 127.0.0.1 that no other process gets from here while this one lives. */
export async function freePort(): Promise<number> {
  const port = FROM + (next++ % COUNT)
  return (await isFree(port)) && (await claim(port)) ? port : freePort()
}

/**
 * Between the choice of a port and its use nothing listens on it, so another process could choose it too. The UDP port
 * of the same number, which nothing here uses, is the sign that it is taken; the system gives it back when the process
 * ends, however it ends.
 */
function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const sign = createSocket('udp4').unref()
    sign.once('error', () => {
      sign.close()
      resolve(false)
    })
    sign.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true))
  })
}

/** @throws when this process may not listen on the port at all */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Connects, and resolves with the first bytes that the server sends; with '' at once when it sends none by itself. */
export function readGreeting(port: number, sendsFirst: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    const done = (text: string) => {
      socket.destroy()
      resolve(text)
    }
    socket.setTimeout(2_000, () => socket.destroy(new Error(`port ${port} sent nothing within 2 s`)))
    socket.once('error', reject)
    if (sendsFirst) socket.once('data', (bytes) => done(bytes.toString('utf8')))
    else socket.once('connect', () => done(''))
  })
}
