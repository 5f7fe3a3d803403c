import { catchUp } from './catch-up.ts'
import { type Clients, type LiveClient, send } from './clients.ts'
import { changeMessages, resetMessage, type ToJson, tokenMessage } from './sse.ts'
import { type StreamCursor, tokenAt } from './stream-cursor.ts'

/** So many groups of clients resume before the feed goes on. */
const groupsPerRound = 20
/** For more bytes than this, reading the lists again is cheaper. */
const maxBytes = 1024 * 1024

/** Sends new and returning clients what they missed. Clients that resume from the same point share the work. */
export async function resume(clients: Clients, cursor: StreamCursor, toJson: ToJson): Promise<void> {
  const groups = new Map<string, LiveClient[]>()
  for (const client of clients.open) {
    if (client.isCaughtUp) continue
    const key = JSON.stringify(client.from ?? null)
    groups.set(key, [...(groups.get(key) ?? []), client])
  }
  for (const group of [...groups.values()].slice(0, groupsPerRound)) {
    const from = group[0]?.from
    const missed = from === undefined ? [] : from === 'lost' ? undefined : await catchUp(cursor, from)
    const token = tokenAt(cursor)
    const messagesFor = missed && changeMessages(missed, token, toJson)
    for (const client of group) {
      const chunk = messagesFor?.(client)
      if (!messagesFor || (chunk && chunk.length > maxBytes)) send(clients, client, resetMessage(token))
      else if (chunk) send(clients, client, chunk, chunk.length)
      else send(clients, client, tokenMessage(token))
      client.isCaughtUp = true
    }
  }
}
