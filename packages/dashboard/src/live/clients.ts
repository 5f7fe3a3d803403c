import type { Log } from '@saucery/chassis/telemetry/log'
import { mayHaveBeen, type Status } from '@saucery/contracts/status'
import type { OrderView } from '../view/order-view.ts'
import type { ResumePoint } from './resume-token.ts'

/** Which orders a listener wants, and may have. */
export interface LiveFilter {
  readonly branchId?: string | undefined
  readonly sauceId?: string | undefined
  readonly status?: Status | undefined
  readonly orderId?: string | undefined
}

/**
 * As what a listener is told of the order, if it is: that it is among the wanted ones, or that it is there no longer.
 *
 * Whether this listener was told of it before, nobody remembers; it may have been, here or elsewhere, when the order
 * may have stood there at all. A status alone is ever left. (feed.int.test: "keeps a list of what is … right …")
 */
export function toldAs(
  { branchId, sauceId, status, orderId }: LiveFilter,
  view: OrderView,
): 'order' | 'left' | undefined {
  const isMeant =
    (branchId === undefined || view.branchId === branchId) &&
    (sauceId === undefined || view.sauceId === sauceId) &&
    (orderId === undefined || view._id === orderId)
  if (!isMeant) return undefined
  if (status === undefined || view.status === status) return 'order'
  return mayHaveBeen(status, new Set(view.timeline.map(({ event }) => event))) ? 'left' : undefined
}

/** Somebody who begins to listen. */
export interface NewClient {
  readonly filter: LiveFilter
  /** Where they were when they lost their connection. */
  readonly from?: ResumePoint | undefined
  /** How long they may listen, in ms since the epoch; for as long as they like if that is not said. */
  readonly until?: number | undefined
  /** Who is signed in; nobody is counted where nobody is. */
  readonly subject?: string | undefined
  /** Breaks their connection off. */
  destroy(): void
}

export interface LiveClient extends Omit<NewClient, 'destroy' | 'from'> {
  /** Where it was; `lost` when nobody can tell what it missed since. */
  from: ResumePoint | 'lost' | undefined
  /** Whether it gets what happens. */
  joined: boolean
  /** @param extra how much more may lie unread: what it missed comes all at once */
  push(chunk: Uint8Array, extra?: number): void
  end(): void
}

/** Unread bytes for which a listener is let go. */
const mostUnread = 1024 * 1024

export interface Clients {
  all(): Iterable<LiveClient>
  count(): number
  /** How often the same caller listens. */
  countOf(subject: string): number
  /** @returns the listener, and what it reads */
  add(who: NewClient): { readonly listener: LiveClient; readonly body: ReadableStream<Uint8Array> }
}

/** Those who listen. One that does not read what it is given is cut off, and the others go on. */
export function openClients(log: Log): Clients {
  const open = new Set<LiveClient>()
  return {
    all: () => open,
    count: () => open.size,
    countOf: (subject) => [...open].filter((listener) => listener.subject === subject).length,
    add({ filter, from, until, subject, destroy }) {
      let allowed = mostUnread
      let controller: ReadableStreamDefaultController<Uint8Array> | undefined
      const body = new ReadableStream<Uint8Array>(
        {
          start(started) {
            controller = started
          },
          cancel() {
            open.delete(listener)
          },
        },
        new ByteLengthQueuingStrategy({ highWaterMark: mostUnread }),
      )
      const listener: LiveClient = {
        filter,
        from,
        until,
        subject,
        joined: false,
        push(chunk, extra = 0) {
          if (!open.has(listener)) return
          allowed += extra
          const unread = mostUnread - (controller?.desiredSize ?? 0)
          if (unread + chunk.length <= allowed) return controller?.enqueue(chunk)
          open.delete(listener)
          log.info({ unread, listeners: open.size }, 'a listener that does not read is cut off')
          destroy()
        },
        end() {
          if (!open.delete(listener)) return
          controller?.close()
          // One that does not read would hold its connection for as long as it likes.
          setTimeout(destroy, 500).unref()
        },
      }
      open.add(listener)
      return { listener, body }
    },
  }
}
