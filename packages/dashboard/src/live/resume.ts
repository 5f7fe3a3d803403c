import { streams } from '@saucery/contracts/choreography'
import type { Broker } from '@saucery/messaging/nats/connection'
import type { ViewQueries } from '../store/view-queries.ts'
import type { OrderView } from '../view/order-view.ts'
import { catchUp } from './catch-up.ts'
import type { LiveClient } from './clients.ts'
import { toResumeToken } from './resume-token.ts'
import { chunksFor, reset, standing } from './sse.ts'
import type { StreamCursor } from './stream-cursor.ts'

/** So many of those who come back, or groups of them, are told what they missed before the others go on. */
const missedInARound = 20
/** Beyond that, reading the lists again is less. */
const mostMissedBytes = 1024 * 1024

interface Joining {
  readonly broker: Broker
  readonly views: Pick<ViewQueries, 'among'>
  readonly toJson: (view: OrderView) => unknown
}

/** Lets listeners join, after what they missed: those who were at the same place together. */
export async function join(waiting: readonly LiveClient[], course: StreamCursor, by: Joining): Promise<void> {
  const groups = new Map<string, LiveClient[]>()
  for (const listener of waiting) {
    const { from } = listener
    const place = typeof from === 'object' ? toResumeToken(from) : String(from)
    groups.set(place, [...(groups.get(place) ?? []), listener])
  }
  for (const group of [...groups.values()].slice(0, missedInARound)) {
    const missed = await missing(group[0]?.from, course, by)
    const token = course.token()
    if (missed) welcome(group, missed, token, by.toJson)
    else for (const listener of group) listener.push(reset(token))
    for (const listener of group) listener.joined = true
  }
}

async function missing(
  from: LiveClient['from'],
  { version, pending }: StreamCursor,
  { broker, views }: Joining,
): Promise<OrderView[] | undefined> {
  if (from === undefined) return []
  // Other documents may tell anything, and be without what those before them had.
  if (from === 'lost' || from.version !== version) return undefined
  const upTo = streams.map((_, i) => pending.readTo(i))
  return catchUp({ broker, views, from: from.positions, upTo })
}

function welcome(group: LiveClient[], missed: OrderView[], token: string, toJson: Joining['toJson']): void {
  for (const [listener, chunk] of chunksFor(group, missed, token, toJson)) {
    if (!chunk) listener.push(standing(token))
    else if (chunk.length > mostMissedBytes) listener.push(reset(token))
    else listener.push(chunk, chunk.length)
  }
}
