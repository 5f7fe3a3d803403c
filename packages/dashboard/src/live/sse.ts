import type { Scope } from '@saucery/contracts/access/scope'
import { canHaveBeen } from '@saucery/contracts/status'
import type { LiveFilter, OrderJson } from '../view/order-json.ts'
import type { OrderView } from '../view/order-view.ts'

// Server-Sent Events, https://html.spec.whatwg.org/multipage/server-sent-events.html

export type ToJson = (view: OrderView, scope: Scope) => OrderJson

/** Which orders a client wants, and which it may see. */
export interface Audience {
  readonly filter: LiveFilter
  readonly scope: Scope
}

const encoder = new TextEncoder()

const idLine = (token: string | undefined) => (token === undefined ? '' : `id: ${token}\n`)

/** The first message: how soon a client reconnects, in milliseconds. */
export const retryMessage = encoder.encode('retry: 1000\n\n')

/** Shows that the connection works; with the token of a client that has caught up. */
export const heartbeat = (token?: string): Uint8Array => encoder.encode(`:\n${idLine(token)}\n`)

/** What the client missed cannot be found out: it has to read the lists again. */
export const resetMessage = (token: string): Uint8Array =>
  encoder.encode(`event: reset\ndata: {}\n${idLine(token)}\n`)

/** The last message: why the feed ends for this client. The next request gets the same code. */
export const endMessage = (code: 'token-expired'): Uint8Array =>
  encoder.encode(`event: end\ndata: ${JSON.stringify({ code })}\n\n`)

/** A resume token without a message. */
export const tokenMessage = (token: string): Uint8Array => encoder.encode(`${idLine(token)}\n`)

/**
 * The messages about changed orders for each audience; undefined where no order matches. An order is serialized once for
 * each scope, and clients with the same filter and scope share one chunk.
 */
export function changeMessages(views: readonly OrderView[], token: string | undefined, toJson: ToJson) {
  const jsonFor = once((scope: string) =>
    once((view: OrderView) => JSON.stringify(toJson(view, JSON.parse(scope)))),
  )
  const chunkFor = once((key: string) => {
    const { filter, scope }: Audience = JSON.parse(key)
    const jsonOf = jsonFor(JSON.stringify(scope))
    const messages = views.flatMap((view) => {
      const type = messageType(filter, view)
      return type ? [`event: ${type}\ndata: ${jsonOf(view)}\n`] : []
    })
    return messages.length > 0 ? encoder.encode(`${messages.join('\n')}${idLine(token)}\n`) : undefined
  })
  return ({ filter, scope }: Audience) => chunkFor(JSON.stringify({ filter, scope }))
}

function once<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const values = new Map<Key, Value>()
  return (key) => {
    if (!values.has(key)) values.set(key, compute(key))
    return values.get(key) as Value
  }
}

/**
 * Whether an order is among those the client wants, or may have been and is no longer.
 * No replica remembers what a client received, here or from another replica, so a client receives `left` whenever the
 * order may have had the requested status. Branch and sauce never change.
 * (feed.int.test: "keeps a client's list of … orders correct …")
 */
function messageType({ status, ...filter }: LiveFilter, view: OrderView): 'order' | 'left' | undefined {
  const { branchId = view.branchId, sauceId = view.sauceId, orderId = view._id } = filter
  if (view.branchId !== branchId || view.sauceId !== sauceId || view._id !== orderId) return undefined
  if (status === undefined || view.status === status) return 'order'
  return canHaveBeen(status, new Set(view.timeline.map(({ event }) => event))) ? 'left' : undefined
}
