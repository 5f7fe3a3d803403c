import type { Log } from '@saucery/chassis/telemetry/log'
import type { ResumePoint } from './resume-token.ts'
import { type Audience, endMessage, retryMessage } from './sse.ts'

export interface NewClient extends Audience {
  /** Where it resumes; `lost` when what it missed cannot be found out. */
  from: ResumePoint | 'lost' | undefined
  /** When its sign-in ends, in milliseconds since the epoch; undefined without sign-in. */
  readonly until?: number | undefined
  /** Who is signed in; undefined without sign-in. */
  readonly subject?: string | undefined
  /** Breaks its connection. */
  destroy(): void
}

export interface LiveClient extends NewClient {
  /**
   * `live`: it receives changes as they happen, with resume tokens; `replaying`: without them, because it does not have
   * all that it missed yet.
   */
  state: 'waiting' | 'replaying' | 'live'
  /** When as much time has passed as its sign-in lasts, by `performance.now`; infinite without sign-in. */
  readonly endsAt: number
  /** In bytes. */
  unreadLimit: number
  readonly output: ReadableStreamDefaultController<Uint8Array>
}

/** The branch that a client is confined to. */
export const branchOf = ({ scope }: Audience): string | undefined =>
  typeof scope === 'object' ? scope.branchId : undefined

/** The clients of a live feed. One that does not read is disconnected, so that the others go on. */
export interface Clients {
  readonly open: Set<LiveClient>
  readonly log: Log
}

const maxUnread = 1024 * 1024

/** @returns what the client reads: first how soon to reconnect */
export function addClient({ open }: Clients, client: NewClient) {
  const { until = Number.POSITIVE_INFINITY } = client
  const endsAt = performance.now() + until - Date.now()
  let added: LiveClient | undefined
  return new ReadableStream<Uint8Array>(
    {
      start(output) {
        added = { ...client, state: 'waiting', endsAt, unreadLimit: maxUnread, output }
        open.add(added)
        output.enqueue(retryMessage)
      },
      cancel() {
        if (added) open.delete(added)
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxUnread }),
  )
}

/** @param extra how many bytes more may be unread: what a client missed comes all at once */
export function send({ open, log }: Clients, client: LiveClient, chunk: Uint8Array, extra = 0): void {
  if (!open.has(client)) return
  client.unreadLimit += extra
  const unread = maxUnread - (client.output.desiredSize ?? 0)
  if (unread + chunk.length <= client.unreadLimit) {
    client.output.enqueue(chunk)
    return
  }
  open.delete(client)
  log.info({ unread, clients: open.size }, 'disconnected a live client that does not read')
  client.destroy()
}

export function endClient({ open }: Clients, client: LiveClient): void {
  if (!open.delete(client)) return
  client.output.close()
  // A client that does not read would keep its connection open.
  setTimeout(client.destroy, 500).unref()
}

/** (clients.test: "a live client ends with its sign-in, also when the clock was set back") */
export function endExpired(clients: Clients): void {
  for (const client of clients.open) {
    const { until = Number.POSITIVE_INFINITY, endsAt } = client
    if (until > Date.now() && endsAt > performance.now()) continue
    send(clients, client, endMessage('token-expired'))
    endClient(clients, client)
  }
}
