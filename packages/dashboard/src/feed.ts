import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@saucery/chassis/log'
import { streams } from '@saucery/contracts/choreography'
import type { Broker } from '@saucery/messaging/broker'
import { reasonOf } from '@saucery/messaging/log'
import { retryDelay } from '@saucery/messaging/retry'
import {
  acknowledgedBy,
  positionOf,
  readAfter,
  type ReadableStream as Stream,
} from '@saucery/messaging/stream-reading'
import { type Listener, type Listening, openListeners } from './listeners.ts'
import { chunksFor, farewell, greeting, heartbeat, reset, standing } from './messages.ts'
import { missedBy } from './missed.ts'
import { openPending, type PendingEvents } from './pending.ts'
import { tokenOf } from './positions.ts'
import type { ViewReads } from './reads.ts'
import type { OrderView } from './view.ts'

export interface FeedOptions {
  readonly broker: Broker
  readonly views: Pick<ViewReads, 'among'>
  /** The consumer that the views are made with. */
  readonly durable?: string
  readonly toJson: (view: OrderView) => unknown
  readonly log: Log
  readonly mostListeners?: number
  readonly mostPending?: number
  readonly everyMs?: number
  readonly heartbeatMs?: number
  /** How often is asked which events the views will never have. */
  readonly giveUpAfterMs?: number
}

export interface Feed {
  /**
   * Begins to tell somebody what happens.
   * @returns what they read; nothing when too many listen already
   */
  listen(who: Listening): ReadableStream<Uint8Array> | undefined
  /** Ends every feed, and resolves when nothing is read any longer. */
  stop(): Promise<void>
}

const eventsInARead = 500
const ordersInALook = 200
/** So many of those who come back, or groups of them, are told what they missed before the others go on. */
const missedInARound = 20
/** A replica of a stream may lag behind another. */
const behindForMs = 2000
/** So far back from a stream's end is looked for what its consumer has not handled. */
const mostBehind = 10_000

/**
 * Tells everybody who listens of every change of an order, whichever replica made it. While somebody does, the streams
 * are read from a position on, past the consumers; an event is told of when its order's view has it.
 *
 * All in one loop, so that nobody gets an older view after a newer one. What is away stops the loop, never ends it.
 */
export function openFeed(options: FeedOptions): Feed {
  const { broker, views, toJson, log, durable = broker.name } = options
  const {
    mostListeners = 2000,
    mostPending = 2000,
    everyMs = 100,
    heartbeatMs = 15_000,
    giveUpAfterMs = 30_000,
  } = options
  const listeners = openListeners(log)
  const stopping = new AbortController()
  let pending: PendingEvents | undefined
  let running: Promise<void> | undefined
  let giveUpAt = 0
  let wake = () => {}

  broker.onReconnect(() => wake())
  const start = (stream: Stream) => positionOf(broker, stream, durable, mostBehind)
  const joined = () => [...listeners.all()].filter((listener) => listener.joined)

  async function run(): Promise<void> {
    const beating = setInterval(beat, heartbeatMs)
    const ending = setInterval(endExpired, 1000)
    const behindSince = new Map<Stream, number>()
    for (let failures = 0; listeners.count() > 0 && !stopping.signal.aborted; ) {
      let again = false
      try {
        pending ??= openPending(await Promise.all(streams.map(start)))
        await admit(pending)
        const read = await readStreams(pending, behindSince)
        again = (await tellChanges(pending)) || read
        if (pending.count() > 0 && Date.now() >= giveUpAt) await giveUp(pending)
        if (failures > 0) log.info({}, 'the live feed goes on')
        failures = 0
      } catch (error) {
        if (stopping.signal.aborted) break
        if (failures === 0) log.warn({ reason: reasonOf(error) }, 'the live feed waits')
        failures += 1
      }
      if (!again) await pause(failures > 0 ? retryDelay(failures, { mostMs: 5000 }) : everyMs)
    }
    clearInterval(beating)
    clearInterval(ending)
    // Nobody listens: from where on, is found out again.
    pending = undefined
    running = undefined
  }

  async function pause(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    await Promise.race([woken, delay(ms, undefined, { ref: false })])
  }

  function beat(): void {
    const chunk = heartbeat()
    const standing = pending && heartbeat(tokenOf(pending.done()))
    for (const listener of [...listeners.all()]) listener.push(listener.joined && standing ? standing : chunk)
  }

  function endExpired(): void {
    const now = Date.now()
    for (const listener of [...listeners.all()]) {
      if (listener.until === undefined || listener.until > now) continue
      listener.push(farewell('token-expired'))
      listener.end()
    }
  }

  /** @returns whether there may be more to read at once */
  async function readStreams(to: PendingEvents, behindSince: Map<Stream, number>): Promise<boolean> {
    let more = false
    for (const [i, stream] of streams.entries()) {
      const limit = Math.min(eventsInARead, mostPending - to.count())
      // What is waited for comes first; the streams keep the rest.
      if (limit <= 0) break
      const read = await readAfter(broker, stream, to.readTo(i), limit)
      if (typeof read !== 'string') {
        behindSince.delete(stream)
        to.add(i, read)
        more ||= read.length === limit
        continue
      }
      const since = behindSince.get(stream) ?? Date.now()
      behindSince.set(stream, since)
      if (read === 'behind' && Date.now() - since < behindForMs) continue
      behindSince.delete(stream)
      log.warn({ stream: stream.name }, 'a stream is not what it was: what was missed cannot be told')
      to.restart(i, await start(stream))
      for (const listener of joined()) listener.push(reset(tokenOf(to.done())))
    }
    return more
  }

  /** @returns whether anything was told */
  async function tellChanges(of: PendingEvents): Promise<boolean> {
    const orderIds = of.next(ordersInALook)
    if (orderIds.length === 0) return false
    const changed = of.arrived(await views.among(orderIds))
    if (changed.length > 0) tell(joined(), changed, tokenOf(of.done()))
    return changed.length > 0
  }

  /** What the consumer is done with, and no view has, went to the dead letters. */
  async function giveUp(of: PendingEvents): Promise<void> {
    giveUpAt = Date.now() + giveUpAfterMs
    const handled = await Promise.all(streams.map((stream) => acknowledgedBy(broker, stream, durable)))
    // After the answer: what was acknowledged before is in its view by now.
    for (let orders = of.count(); orders > 0; orders -= ordersInALook) await tellChanges(of)
    const given = of.giveUp(handled.map((sequence = 0) => sequence))
    const [first] = given
    if (first)
      log.warn(
        {
          events: given.length,
          stream: streams[first.stream]?.name,
          sequence: first.sequence,
          eventId: first.id,
          key: first.key,
        },
        'events never came into their views',
      )
  }

  function tell(to: Listener[], changed: OrderView[], token: string): void {
    for (const [listener, chunk] of chunksFor(to, changed, token, toJson)) if (chunk) listener.push(chunk)
  }

  /** Lets those join who are new, after what they missed. */
  async function admit(to: PendingEvents): Promise<void> {
    const waiting = [...listeners.all()].filter((listener) => !listener.joined)
    if (waiting.length === 0) return
    const groups = new Map<string, Listener[]>()
    for (const listener of waiting) {
      const from = listener.from ? tokenOf(listener.from) : ''
      groups.set(from, [...(groups.get(from) ?? []), listener])
    }
    for (const group of [...groups.values()].slice(0, missedInARound)) {
      const from = group[0]?.from
      const upTo = streams.map((_, i) => to.readTo(i))
      const missed = from ? await missedBy({ broker, views, from, upTo }) : []
      const token = tokenOf(to.done())
      if (missed) welcome(group, missed, token)
      else for (const listener of group) listener.push(reset(token))
      for (const listener of group) listener.joined = true
    }
  }

  function welcome(group: Listener[], missed: OrderView[], token: string): void {
    for (const [listener, chunk] of chunksFor(group, missed, token, toJson)) {
      if (!chunk) listener.push(standing(token))
      else if (chunk.length > mostMissedBytes) listener.push(reset(token))
      else listener.push(chunk, chunk.length)
    }
  }

  return {
    listen(who) {
      if (listeners.count() >= mostListeners || stopping.signal.aborted) return undefined
      const { body, listener } = listeners.add(who)
      listener.push(greeting)
      // The gateway's clock may be behind.
      endExpired()
      running ??= run()
      wake()
      return body
    },
    async stop() {
      stopping.abort()
      for (const listener of [...listeners.all()]) listener.end()
      wake()
      await running
    },
  }
}

/** Beyond that, reading the lists again is less. */
const mostMissedBytes = 1024 * 1024
