import type { Log } from '@saucery/chassis/telemetry/log'
import { streams } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import type { Broker } from '@saucery/messaging/nats/connection'
import { ackedPosition, ackFloor, readAfter } from '@saucery/messaging/nats/stream-reader'
import type { ViewStore } from '../store/view-store.ts'
import type { OrderView } from '../view/order-view.ts'
import * as pending from './pending-events.ts'
import type { ResumeTokens } from './resume-token.ts'

export interface CursorOptions {
  readonly broker: Broker
  readonly views: Pick<ViewStore, 'among' | 'servedVersion'>
  readonly tokens: ResumeTokens
  readonly log: Log
  readonly maxPending?: number
  /** How often the cursor looks for events that no view will ever have. */
  readonly giveUpEveryMs?: number
}

export type StreamCursor = Awaited<ReturnType<typeof openStreamCursor>>

type Publish = (changed: readonly OrderView[]) => void

const eventsPerRead = 500
const ordersPerQuery = 200
/** A replica of a stream may lag behind another by so much. */
const behindForMs = 2000
/** A cursor begins at most so many messages before a stream's end. */
const maxBehind = 10_000
/** Twice what these messages take: where more arrives than can be read, clients are let in all the same. */
const maxReadsBehind = (2 * maxBehind) / eventsPerRead

/**
 * Reads the streams, from where the consumers of the served version have acknowledged everything, and knows which events
 * it read are not in the views yet.
 */
export async function openStreamCursor(options: CursorOptions) {
  const version = options.views.servedVersion()
  const starts = streams.map(async (stream) => {
    return { stream, readTo: await ackedPosition(options.broker, stream, durableOf(version), maxBehind) }
  })
  const events: pending.PendingEvents = { streams: await Promise.all(starts), byOrder: new Map() }
  // `readsBehind`: how many more reads it may take to pass what was in the views at the start.
  return { ...options, version, events, readsBehind: maxReadsBehind, giveUpAt: 0 }
}

/** The token of a client that has received every change so far. */
export const tokenAt = ({ tokens, version, events }: StreamCursor): string =>
  tokens.seal({ version, positions: pending.donePositions(events) })

/**
 * Reads on, and publishes the views that have what was read.
 * @returns whether there may be more to do at once; `behind` while all that it reads was in the views before it began;
 * `lost` when what it missed cannot be found out
 */
export async function advance(cursor: StreamCursor, publish: Publish) {
  const read = await readStreams(cursor)
  if (read === 'lost') return 'lost'
  if (cursor.readsBehind > 0) {
    await publishAll(cursor, publish)
    cursor.readsBehind = read === 'more' ? cursor.readsBehind - 1 : 0
    if (cursor.readsBehind > 0) return 'behind'
  }
  const isChanged = await publishSome(cursor, publish)
  if (pending.countPending(cursor.events) > 0 && performance.now() >= cursor.giveUpAt)
    await giveUp(cursor, publish)
  return isChanged ? 'more' : read
}

async function readStreams({ broker, log, events, maxPending = 2000 }: StreamCursor) {
  let result: 'more' | 'idle' = 'idle'
  for (const progress of events.streams) {
    const limit = Math.min(eventsPerRead, maxPending - pending.countPending(events))
    // Pending events come first; the streams keep the rest.
    if (limit <= 0) break
    const { stream, behindSince = performance.now() } = progress
    const messages = await readAfter(broker, stream, progress.readTo, limit)
    if (typeof messages !== 'string') {
      progress.behindSince = undefined
      pending.addMessages(events, progress, messages)
      if (messages.length === limit) result = 'more'
    } else if (messages === 'behind' && performance.now() - behindSince < behindForMs) {
      progress.behindSince = behindSince
    } else {
      log.warn({ stream: stream.name }, 'a stream was cut or replaced: clients must read the lists again')
      return 'lost'
    }
  }
  return result
}

/** @returns whether a view has changed */
async function publishSome({ events, views }: StreamCursor, publish: Publish): Promise<boolean> {
  const orderIds = pending.nextOrders(events, ordersPerQuery)
  if (orderIds.length === 0) return false
  const changed = pending.removeArrived(events, await views.among(orderIds))
  if (changed.length > 0) publish(changed)
  return changed.length > 0
}

/** Looks at every pending event once. */
async function publishAll(cursor: StreamCursor, publish: Publish): Promise<void> {
  for (let events = pending.countPending(cursor.events); events > 0; events -= ordersPerQuery)
    await publishSome(cursor, publish)
}

/** An event that its consumer has acknowledged and that no view has went to the dead letters. */
async function giveUp(cursor: StreamCursor, publish: Publish): Promise<void> {
  const { broker, log, version, events, giveUpEveryMs = 30_000 } = cursor
  cursor.giveUpAt = performance.now() + giveUpEveryMs
  const acked = await Promise.all(streams.map((stream) => ackFloor(broker, stream, durableOf(version))))
  // Only now, after the answer: an event that was acknowledged before it is in its view by now.
  await publishAll(cursor, publish)
  const removed = pending.removeWhere(
    events,
    ({ from, sequence }) => sequence <= (acked[events.streams.indexOf(from)] ?? 0),
  )
  const [first] = removed
  if (!first) return
  const { from, sequence, id: eventId, key } = first
  const fields = { events: removed.length, stream: from.stream.name, sequence, eventId, key }
  log.warn(fields, 'events never reached their views')
}
