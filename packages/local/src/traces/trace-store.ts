import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { spansIn } from './otlp.ts'
import { openSpanStore, type SpanStore, type StoreLimits } from './span-store.ts'

/** A batch of the SDK, 512 spans, has about 1 MB. */
const maxBody = 8 * 2 ** 20

export type TraceStore = Awaited<ReturnType<typeof startTraceStore>>

/**
 * A receiver of OTLP over HTTP as JSON, on this machine alone, that keeps what it receives in memory. It answers
 * `/traces/{traceId}` and `/orders/{orderId}` to the gateway, which asks who may read them.
 */
export async function startTraceStore(limits: StoreLimits = {}) {
  const spans = openSpanStore(limits)
  let host = ''
  const server = createServer((request, response) => {
    // The page of another web site sends its origin, or a name that it has pointed here.
    const isForeign = request.headers.host !== host || request.headers.origin !== undefined
    if (isForeign) return respond(response, 403)
    answer(spans, request, response).catch(() => respond(response, 400))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}`,
    ...spans,
    async close(): Promise<void> {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(spans: SpanStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '' } = request
  if (method === 'POST' && url === '/v1/traces') {
    const body = await bodyOf(request)
    if (body === undefined) return respond(response, 413)
    for (const span of spansIn(JSON.parse(body))) spans.add(span)
    return respond(response, 200, {})
  }
  const [, list, id = ''] = url.split('/')
  if (method !== 'GET') return respond(response, 405)
  if (list === 'orders') return respond(response, 200, { traces: spans.ofOrder(id) })
  const trace = list === 'traces' ? spans.trace(id) : undefined
  return respond(response, trace ? 200 : 404, trace)
}

function respond(response: ServerResponse, status: number, body: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** @returns undefined if it is too large */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size > maxBody) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
