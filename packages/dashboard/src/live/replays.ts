import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { reasonOf } from '@saucery/messaging/log'
import type { OrderView } from '../view/order-view.ts'
import { catchUp } from './catch-up.ts'
import { branchOf, type Clients, type LiveClient, send } from './clients.ts'
import { changeMessages, resetMessage, type ToJson, tokenMessage } from './sse.ts'
import { type StreamCursor, tokenAt } from './stream-cursor.ts'

const maxAtOnce = 2
const viewsPerTurn = 25
/** For more bytes than this, reading the lists again is cheaper. */
const maxBytes = 1024 * 1024
const pauseAfterFailureMs = 1000

/** Sends clients that resume at one point what they missed since, beside the changes that they receive as they happen. */
interface Replay {
  readonly clients: readonly LiveClient[]
  /** Orders that changed meanwhile: its clients have newer views of them than the replay. */
  readonly changed: Set<string>
  isOver: boolean
}

export interface Replays {
  readonly running: Set<Replay>
  /** When each branch and each caller last had its turn. */
  readonly turns: Map<string, number>
  notBefore: number
  /** Called when another replay can begin. */
  onDone(): void
}

export const noReplays = (onDone: () => void): Replays => ({
  running: new Set(),
  turns: new Map(),
  notBefore: 0,
  onDone,
})

/** Begins as many replays as run at once. The branches, and the callers of each, take turns. */
export function beginReplays(replays: Replays, clients: Clients, cursor: StreamCursor, toJson: ToJson): void {
  while (replays.running.size < maxAtOnce && performance.now() >= replays.notBefore) {
    const group = nextGroup(replays, clients)
    if (!group) return
    for (const client of group) client.state = 'replaying'
    const replay: Replay = { clients: group, changed: new Set(), isOver: false }
    replays.running.add(replay)
    void run(replay, clients, cursor, toJson)
      .catch((error) => {
        cursor.log.warn({ reason: reasonOf(error) }, 'a replay of the live feed failed, and is repeated')
        replays.notBefore = performance.now() + pauseAfterFailureMs
        if (!replay.isOver) for (const client of group) client.state = 'waiting'
      })
      .finally(() => {
        replays.running.delete(replay)
        replays.onDone()
      })
  }
}

/** The clients whose caller has waited longest for a turn, with all that resume at the same point. */
function nextGroup({ turns }: Replays, { open }: Clients): LiveClient[] | undefined {
  const waiting = [...open].filter(isWaitingForReplay)
  const turnOf = (key: string) => turns.get(key) ?? 0
  const [next] = waiting.sort(
    (a, b) => turnOf(branchKey(a)) - turnOf(branchKey(b)) || turnOf(callerKey(a)) - turnOf(callerKey(b)),
  )
  if (!next) return undefined
  // Who comes after so many others is as good as new.
  if (turns.size > 2 * open.size + 100) turns.clear()
  const turn = performance.now()
  turns.set(branchKey(next), turn).set(callerKey(next), turn)
  const point = pointOf(next)
  return waiting.filter((client) => pointOf(client) === point)
}

export const isWaitingForReplay = ({ state, from }: LiveClient): boolean =>
  state === 'waiting' && typeof from === 'object'

/** Equal for clients whose replays are shared. */
export const pointOf = ({ from }: Pick<LiveClient, 'from'>): string => JSON.stringify(from)

const branchKey = (client: LiveClient) => `branch ${branchOf(client)}`
const callerKey = ({ subject }: LiveClient) => `caller ${subject}`

/** Yields after each few orders, so that it holds up neither the feed nor other calls. */
async function run(replay: Replay, clients: Clients, cursor: StreamCursor, toJson: ToJson): Promise<void> {
  const [first] = replay.clients
  const missed = typeof first?.from === 'object' ? await catchUp(cursor, first.from) : undefined
  const bytes = new Map<LiveClient, number>()
  if (replay.isOver) return
  for (let at = 0; missed && at < missed.length; at += viewsPerTurn) {
    const views = missed.slice(at, at + viewsPerTurn).filter(({ _id }) => !replay.changed.has(_id))
    const messagesFor = changeMessages(views, undefined, toJson)
    for (const client of replay.clients) {
      const sent = bytes.get(client) ?? 0
      const chunk = sent <= maxBytes && messagesFor(client)
      if (!chunk) continue
      send(clients, client, chunk, chunk.length)
      bytes.set(client, sent + chunk.length)
    }
    await yieldToOthers()
    if (replay.isOver || !replay.clients.some((client) => clients.open.has(client))) return
  }
  const token = tokenAt(cursor)
  for (const client of replay.clients) {
    const isAll = missed && (bytes.get(client) ?? 0) <= maxBytes
    send(clients, client, isAll ? tokenMessage(token) : resetMessage(token))
    client.state = 'live'
  }
}

/** The clients of these replays receive the changed orders as they happen. */
export function noteChanges({ running }: Replays, changed: readonly OrderView[]): void {
  for (const replay of running) for (const { _id } of changed) replay.changed.add(_id)
}

/** Ends all replays: their clients will begin anew. */
export function endReplays({ running }: Replays): void {
  for (const replay of running) replay.isOver = true
}
