import { type Clients, send } from './clients.ts'
import { beginReplays, type Replays } from './replays.ts'
import { resetMessage, type ToJson, tokenMessage } from './sse.ts'
import { type StreamCursor, tokenAt } from './stream-cursor.ts'

/** Lets in new clients, and those for which nothing can be replayed; the others wait for their turn. */
export function resume(clients: Clients, cursor: StreamCursor, replays: Replays, toJson: ToJson): void {
  let token: string | undefined
  for (const client of clients.open) {
    if (client.state !== 'waiting' || typeof client.from === 'object') continue
    token ??= tokenAt(cursor)
    send(clients, client, client.from === 'lost' ? resetMessage(token) : tokenMessage(token))
    client.state = 'live'
  }
  beginReplays(replays, clients, cursor, toJson)
}
