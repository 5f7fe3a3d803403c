import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@saucery/chassis/log'
import { streams } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection'
import type { Broker } from '@saucery/messaging/broker'
import { reasonOf } from '@saucery/messaging/log'
import { retryDelay } from '@saucery/messaging/retry'
import {
  acknowledgedBy,
  positionOf,
  readAfter,
  type ReadableStream as Stream,
} from '@saucery/messaging/stream-reading'
import { join } from './joining.ts'
import { type Listening, openListeners } from './listeners.ts'
import { chunksFor, farewell, greeting, heartbeat } from './messages.ts'
import { openPending, type PendingEvents } from './pending.ts'
import { tokenOf } from './positions.ts'
import type { ViewStore } from './store.ts'
import type { OrderView } from './view.ts'

export interface FeedOptions {
  readonly broker: Broker
  readonly views: Pick<ViewStore, 'among' | 'serving'>
  readonly toJson: (view: OrderView) => unknown
  readonly log: Log
  readonly mostListeners?: number
  /** Of one caller who is signed in. */
  readonly mostOfOne?: number
  readonly mostPending?: number
  readonly everyMs?: number
  readonly heartbeatMs?: number
  /** How often is asked which events the views will never have. */
  readonly giveUpAfterMs?: number
}

export interface Feed {
  /**
   * Begins to tell somebody what happens.
   * @returns what they read, or why there is nothing: too many listen already
   */
  listen(who: Listening): ReadableStream<Uint8Array> | 'too-many-listeners' | 'too-many-of-one-caller'
  /** Ends every feed, and resolves when nothing is read any longer. */
  stop(): Promise<void>
}

const eventsInARead = 500
const ordersInALook = 200
/** A replica of a stream may lag behind another. */
const behindForMs = 2000
/** So far back from a stream's end is looked for what its consumer has not handled. */
const mostBehind = 10_000
/** Twice what that takes: where more comes than can be read, who waits is let in all the same. */
const mostRoundsBehind = (2 * mostBehind) / eventsInARead

/** What was read of the streams, and is waited for, since the feed began or had to begin again. */
interface Course {
  /** Of the documents that are told of. */
  readonly version: number
  readonly pending: PendingEvents
  /** What is long in the views is read, told to nobody, and nobody is let in; for so many rounds yet. */
  roundsBehind: number
}

/**
 * Tells everybody who listens of every change of an order, whichever replica made it. While somebody does, the streams
 * are read from a position on, past the consumers; an event is told of when its order's view has it.
 *
 * All in one loop, so that nobody gets an older view after a newer one. What is away stops the loop, never ends it.
 */
export function openFeed(options: FeedOptions): Feed {
  const { broker, views, toJson, log } = options
  const {
    mostListeners = 2000,
    mostOfOne = 200,
    mostPending = 2000,
    everyMs = 100,
    heartbeatMs = 15_000,
    giveUpAfterMs = 30_000,
  } = options
  const listeners = openListeners(log)
  const stopping = new AbortController()
  const behindSince = new Map<Stream, number>()
  let course: Course | undefined
  let running: Promise<void> | undefined
  let giveUpAt = 0
  let wake = () => {}

  broker.onReconnect(() => wake())
  const joined = () => [...listeners.all()].filter((listener) => listener.joined)
  const tokenIn = ({ version, pending }: Course) => tokenOf({ version, positions: pending.done() })

  async function run(): Promise<void> {
    const beating = setInterval(beat, heartbeatMs)
    const ending = setInterval(endExpired, 1000)
    for (let failures = 0; listeners.count() > 0 && !stopping.signal.aborted; ) {
      let again = false
      try {
        if (course && course.version !== views.serving()) loseCourse()
        course ??= await begin()
        again = await goOn(course)
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
    course = undefined
    running = undefined
  }

  async function begin(): Promise<Course> {
    const version = views.serving()
    const start = (stream: Stream) => positionOf(broker, stream, durableOf(version), mostBehind)
    const positions = await Promise.all(streams.map(start))
    return { version, pending: openPending(positions), roundsBehind: mostRoundsBehind }
  }

  /** What was missed cannot be told: everybody has to read the lists again, once it is known from where on. */
  function loseCourse(): void {
    course = undefined
    behindSince.clear()
    for (const listener of joined()) Object.assign(listener, { joined: false, from: 'lost' })
  }

  /** @returns whether there may be more to do at once */
  async function goOn(on: Course): Promise<boolean> {
    const { version, pending } = on
    const more = await readStreams(pending)
    if (more === 'lost') {
      loseCourse()
      return true
    }
    if (on.roundsBehind > 0) {
      await tellAll(on)
      on.roundsBehind = more ? on.roundsBehind - 1 : 0
      if (on.roundsBehind > 0) return true
    }
    const told = await tellChanges(on)
    if (pending.count() > 0 && Date.now() >= giveUpAt) await giveUp(on)
    const waiting = [...listeners.all()].filter((listener) => !listener.joined)
    if (waiting.length > 0) await join(waiting, { broker, views, version, pending, toJson })
    return told || more
  }

  async function pause(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    await Promise.race([woken, delay(ms, undefined, { ref: false })])
  }

  function beat(): void {
    const chunk = heartbeat()
    const standing = course && heartbeat(tokenIn(course))
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
  async function readStreams(to: PendingEvents): Promise<boolean | 'lost'> {
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
      log.warn({ stream: stream.name }, 'a stream is not what it was: what was missed cannot be told')
      return 'lost'
    }
    return more
  }

  /** @returns whether anything was told */
  async function tellChanges(on: Course): Promise<boolean> {
    const orderIds = on.pending.next(ordersInALook)
    if (orderIds.length === 0) return false
    const changed = on.pending.arrived(await views.among(orderIds))
    if (changed.length === 0) return false
    const token = tokenIn(on)
    for (const [listener, chunk] of chunksFor(joined(), changed, token, toJson))
      if (chunk) listener.push(chunk)
    return true
  }

  /** Looks at every pending event once. */
  async function tellAll(on: Course): Promise<void> {
    for (let orders = on.pending.count(); orders > 0; orders -= ordersInALook) await tellChanges(on)
  }

  /** What the consumer is done with, and no view has, went to the dead letters. */
  async function giveUp(on: Course): Promise<void> {
    giveUpAt = Date.now() + giveUpAfterMs
    const durable = durableOf(on.version)
    const handled = await Promise.all(streams.map((stream) => acknowledgedBy(broker, stream, durable)))
    // After the answer: what was acknowledged before is in its view by now.
    await tellAll(on)
    const given = on.pending.giveUp(handled.map((sequence = 0) => sequence))
    const [first] = given
    if (!first) return
    const { stream, sequence, id: eventId, key } = first
    const fields = { events: given.length, stream: streams[stream]?.name, sequence, eventId, key }
    log.warn(fields, 'events never came into their views')
  }

  return {
    listen(who) {
      if (listeners.count() >= mostListeners || stopping.signal.aborted) return 'too-many-listeners'
      const { subject } = who
      if (subject !== undefined && listeners.countOf(subject) >= mostOfOne) return 'too-many-of-one-caller'
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
