import { connect, createServer } from 'node:net'

/** A port on 127.0.0.1 that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return listenOnce(0)
}

export async function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  )
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
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
