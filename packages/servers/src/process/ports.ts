import { connect, createServer } from 'node:net'

// Below the ports that systems give to outgoing connections. One of those could be taken between the choice and the
// use of a port, or while a killed server is started again. Each process begins at its own place in the range, so
// that two processes that choose at the same time choose different ports.
const FROM = 10_000
const COUNT = 20_000
const PER_PROCESS = 16
let next = process.pid * PER_PROCESS

/** A free port on 127.0.0.1; this process gets the same one again only after 20,000 others. */
export async function freePort(): Promise<number> {
  const port = FROM + (next++ % COUNT)
  return (await isFree(port)) ? port : freePort()
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
