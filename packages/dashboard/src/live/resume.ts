import type { OrderJson } from '../view/order-json.ts'
import type { OrderView } from '../view/order-view.ts'
import { catchUp } from './catch-up.ts'
import { type Clients, type LiveClient, send } from './clients.ts'
import { toResumeToken } from './resume-token.ts'
import { changeMessages, resetMessage, tokenMessage } from './sse.ts'
import { type StreamCursor, tokenAt } from './stream-cursor.ts'

/** So many groups of clients resume before the feed goes on. */
const groupsPerRound = 20
/** For more bytes than this, reading the lists again is cheaper. */
const maxBytes = 1024 * 1024

/** Sends new and returning clients what they missed. Clients that resume from the same point share the work. */
export async function resume(
  clients: Clients,
  cursor: StreamCursor,
  toJson: (view: OrderView) => OrderJson,
): Promise<void> {
  const groups = new Map<string, LiveClient[]>()
  for (const client of clients.open) {
    if (client.isCaughtUp) continue
    const { from } = client
    const key = typeof from === 'object' ? toResumeToken(from) : String(from)
    groups.set(key, [...(groups.get(key) ?? []), client])
  }
  for (const group of [...groups.values()].slice(0, groupsPerRound)) {
    const missed = await missedSince(group[0]?.from, cursor)
    const token = tokenAt(cursor)
    const messagesFor = missed && changeMessages(missed, token, toJson)
    for (const client of group) {
      const chunk = messagesFor?.(client.filter)
      if (!messagesFor || (chunk && chunk.length > maxBytes)) send(clients, client, resetMessage(token))
      else if (chunk) send(clients, client, chunk, chunk.length)
      else send(clients, client, tokenMessage(token))
      client.isCaughtUp = true
    }
  }
}

async function missedSince(
  from: LiveClient['from'],
  { version, events, broker, views }: StreamCursor,
): Promise<OrderView[] | undefined> {
  if (from === undefined) return []
  // Documents of another version may have other contents, and may lack events that the earlier ones had.
  if (from === 'lost' || from.version !== version) return undefined
  return catchUp(broker, views, from.positions, events.streams)
}
