import type { OrderView } from '../view/order-view.ts'
import { type LiveClient, type LiveFilter, toldAs } from './clients.ts'

// Server-Sent Events, https://html.spec.whatwg.org/multipage/server-sent-events.html

const encoder = new TextEncoder()

/** How soon a client that lost its connection comes back. */
export const greeting = encoder.encode('retry: 1000\n\n')

/** Says that the connection lives; to whoever has joined, also where it stands. */
export const heartbeat = (token?: string): Uint8Array => encoder.encode(`:\n${idLine(token)}\n`)

/** Something was missed that nobody can tell any more: the lists have to be read again. */
export const reset = (token: string): Uint8Array =>
  encoder.encode(`event: reset\ndata: {}\n${idLine(token)}\n`)

/** The last message: why the feed ends for this client. The code is that of the problem that it meets next. */
export const farewell = (code: 'token-expired'): Uint8Array =>
  encoder.encode(`event: end\ndata: ${JSON.stringify({ code })}\n\n`)

/** No message, but where the client stands. */
export const standing = (token: string): Uint8Array => encoder.encode(`${idLine(token)}\n`)

const idLine = (token: string | undefined) => (token === undefined ? '' : `id: ${token}\n`)

/**
 * What each of the listeners is to be told of these orders, if anything. An order is put into words once, and
 * listeners who want the same share one chunk.
 */
export function chunksFor(
  listeners: Iterable<LiveClient>,
  views: readonly OrderView[],
  token: string,
  toJson: (view: OrderView) => unknown,
): Map<LiveClient, Uint8Array | undefined> {
  const jsons = new Map<OrderView, string>()
  const chunks = new Map<string, Uint8Array | undefined>()
  function jsonOf(view: OrderView): string {
    const json = jsons.get(view) ?? JSON.stringify(toJson(view))
    jsons.set(view, json)
    return json
  }
  function chunkFor(filter: LiveFilter): Uint8Array | undefined {
    const texts = views.flatMap((view) => {
      const as = toldAs(filter, view)
      return as ? [`event: ${as}\ndata: ${jsonOf(view)}\n`] : []
    })
    return texts.length > 0 ? encoder.encode(`${texts.join('\n')}${idLine(token)}\n`) : undefined
  }
  const result = new Map<LiveClient, Uint8Array | undefined>()
  for (const listener of listeners) {
    const { branchId, sauceId, status, orderId } = listener.filter
    const key = JSON.stringify([branchId, sauceId, status, orderId])
    if (!chunks.has(key)) chunks.set(key, chunkFor(listener.filter))
    result.set(listener, chunks.get(key))
  }
  return result
}
