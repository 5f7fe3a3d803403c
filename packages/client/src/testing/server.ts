import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request as it arrived. */
export interface RecordedRequest extends Pick<IncomingMessage, 'method' | 'url' | 'headers'> {
  readonly body: string
}

/** A server that answers each request with the next listener. */
export async function answeringServer(...answers: RequestListener[]) {
  const requests: RecordedRequest[] = []
  let connections = 0
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request
    requests.push({ method, url, headers, body: await text(request) })
    answers[requests.length - 1]?.(request, response)
  })
  server.on('connection', () => {
    connections += 1
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

export const problem = (status: number, code: string, more: object = {}, headers?: Record<string, string>) =>
  json(status, { code, title: 'No', ...more }, headers)

/** Breaks the connection instead of answering. */
export const breakConnection: RequestListener = (request) => request.socket.destroy()

/** Starts an answer, and breaks the connection before its end. */
export const breakInside: RequestListener = (request, response) => {
  response.writeHead(200, { 'content-length': 100 }).write('{"items"')
  setTimeout(() => request.socket.destroy(), 10)
}
