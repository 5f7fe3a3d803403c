import { connect, createServer } from 'node:net'

// Below the ports that systems give to outgoing connections: one of those may take any port between its choice and
// its use, or while a killed server is started again. Each process begins at a place of its own, so that two that
// choose at the same time choose apart.
const FROM = 10_000
const COUNT = 20_000
const EACH = 16
let next = process.pid * EACH

/** A port on 127.0.0.1 that nobody listens on at this moment, and that this process has not been given lately. */
export async function freePort(): Promise<number> {
  const port = FROM + (next++ % COUNT)
  return (await isFree(port)) ? port : freePort()
}

/** @throws when the port may not be listened on at all. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Connects, and resolves with the first bytes the server says; with '' at once when none are expected. */
export function greeting(port: number, expectsBytes: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    const done = (text: string) => {
      socket.destroy()
      resolve(text)
    }
    socket.setTimeout(2_000, () => socket.destroy(new Error(`nothing was said on port ${port}`)))
    socket.once('error', reject)
    if (expectsBytes) socket.once('data', (bytes) => done(bytes.toString('utf8')))
    else socket.once('connect', () => done(''))
  })
}
