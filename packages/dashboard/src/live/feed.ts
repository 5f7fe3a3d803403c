import { setTimeout as delay } from 'node:timers/promises'
import { retryDelay } from '@saucery/messaging/async/backoff'
import { reasonOf } from '@saucery/messaging/log'
import { type Deadlines, orderToJson } from '../view/waits-for.ts'
import { type ClientLimits, refusalOfClient } from './admission.ts'
import { addClient, type Clients, endClient, endExpired, type NewClient, send } from './clients.ts'
import { relayNotices } from './notices.ts'
import { endReplays, noReplays, noteChanges, type Replays } from './replays.ts'
import { resume } from './resume.ts'
import { changeMessages, heartbeat, type ToJson } from './sse.ts'
import { advance, type CursorOptions, openStreamCursor, type StreamCursor, tokenAt } from './stream-cursor.ts'

export interface FeedOptions extends CursorOptions, ClientLimits {
  readonly deadlines: Deadlines
  readonly heartbeatMs?: number
}

export type Feed = ReturnType<typeof openFeed>

interface Follower extends Omit<NewClient, 'from'> {
  /** The last `id` that the client received. One that cannot be read is as one of which too much was missed. */
  readonly lastEventId: string | undefined
}

interface State {
  readonly options: FeedOptions
  readonly clients: Clients
  readonly replays: Replays
  readonly stopping: AbortController
  /** Undefined while there is no client, and after a loss: then the next one begins at the consumers' position. */
  cursor?: StreamCursor | undefined
  running?: Promise<void> | undefined
  /** Aborted to end the pause of the loop. */
  pausing?: AbortController
}

const everyMs = 100

/**
 * Sends every change of an order to all clients, whichever replica made it. While there is a client, the feed reads the
 * streams itself, past the consumers, and sends an order when its view has what was read.
 *
 * One loop sends all changes, so an older view never follows a newer one. An outage pauses the loop and never ends it.
 * What clients missed is sent beside it (replays.ts).
 */
export function openFeed(options: FeedOptions) {
  const { broker, log } = options
  const clients: Clients = { open: new Set(), log }
  const replays = noReplays(() => state.pausing?.abort())
  const state: State = { options, clients, replays, stopping: new AbortController() }
  broker.onReconnect(() => state.pausing?.abort())
  const endNotices = relayNotices(broker, clients)
  return {
    /** @returns what the client reads, or why it is refused */
    follow({ lastEventId, ...client }: Follower) {
      if (state.stopping.signal.aborted) return 'too-many-listeners'
      const from = lastEventId === undefined ? undefined : (options.tokens.open(lastEventId) ?? 'lost')
      const refusal = refusalOfClient({ ...client, from }, clients.open, options)
      if (refusal) return refusal
      const body = addClient(clients, { ...client, from })
      // The gateway's clock may be behind.
      endExpired(clients)
      state.running ??= run(state)
      state.pausing?.abort()
      return body
    },
    /** Ends every client's feed, and resolves when nothing is read any longer. */
    async stop(): Promise<void> {
      state.stopping.abort()
      endNotices()
      for (const client of [...clients.open]) endClient(clients, client)
      endReplays(replays)
      state.pausing?.abort()
      await state.running
    },
  }
}

async function run(state: State): Promise<void> {
  const { options, clients, stopping } = state
  const { log, heartbeatMs = 5000 } = options
  const timers = [setInterval(sendHeartbeats, heartbeatMs, state), setInterval(endExpired, 1000, clients)]
  for (let failures = 0; clients.open.size > 0 && !stopping.signal.aborted; ) {
    try {
      const isMore = await goOn(state)
      if (failures > 0) log.info({}, 'the live feed goes on')
      failures = 0
      if (!isMore) await pause(state, everyMs)
    } catch (error) {
      if (stopping.signal.aborted) break
      if (failures === 0) log.warn({ reason: reasonOf(error) }, 'the live feed is interrupted')
      failures += 1
      await pause(state, retryDelay(failures, { maxMs: 5000 }))
    }
  }
  for (const timer of timers) clearInterval(timer)
  state.cursor = undefined
  state.running = undefined
}

/** @returns whether there may be more to do at once */
async function goOn(state: State): Promise<boolean> {
  const { options, clients, replays } = state
  if (state.cursor && state.cursor.version !== options.views.servedVersion()) loseCursor(state)
  state.cursor ??= await openStreamCursor(options)
  const { cursor } = state
  const toJson: ToJson = (view, scope) => orderToJson(view, scope, options.deadlines, Date.now())
  const result = await advance(cursor, (changed) => {
    const messagesFor = changeMessages(changed, tokenAt(cursor), toJson)
    const messagesWithoutToken = changeMessages(changed, undefined, toJson)
    noteChanges(replays, changed)
    for (const client of clients.open) {
      if (client.state === 'waiting') continue
      const chunk = client.state === 'live' ? messagesFor(client) : messagesWithoutToken(client)
      if (chunk) send(clients, client, chunk)
    }
  })
  if (result === 'lost') loseCursor(state)
  if (result === 'lost' || result === 'behind') return true
  resume(clients, cursor, replays, toJson)
  return result === 'more'
}

/** What clients miss now cannot be found out: they read the lists again once the next cursor has a position. */
function loseCursor(state: State): void {
  state.cursor = undefined
  endReplays(state.replays)
  for (const client of state.clients.open)
    if (client.state !== 'waiting') Object.assign(client, { state: 'waiting', from: 'lost' })
}

async function pause(state: State, ms: number): Promise<void> {
  state.pausing = new AbortController()
  await delay(ms, undefined, { signal: state.pausing.signal, ref: false }).catch(() => {})
}

function sendHeartbeats({ clients, cursor }: State): void {
  const plain = heartbeat()
  const withToken = cursor ? heartbeat(tokenAt(cursor)) : plain
  for (const client of clients.open) send(clients, client, client.state === 'live' ? withToken : plain)
}
