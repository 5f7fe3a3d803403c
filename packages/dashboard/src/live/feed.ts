import { setTimeout as delay } from 'node:timers/promises'
import { retryDelay } from '@saucery/messaging/async/backoff'
import { reasonOf } from '@saucery/messaging/log'
import type { OrderView } from '../view/order-view.ts'
import { type NewClient, openClients } from './clients.ts'
import { join } from './resume.ts'
import { chunksFor, farewell, greeting, heartbeat } from './sse.ts'
import { openStreamCursor, type StreamCursor, type StreamCursorOptions } from './stream-cursor.ts'

export interface FeedOptions extends StreamCursorOptions {
  readonly toJson: (view: OrderView) => unknown
  readonly mostListeners?: number
  /** Of one caller who is signed in. */
  readonly mostOfOne?: number
  readonly everyMs?: number
  readonly heartbeatMs?: number
}

export interface Feed {
  /**
   * Begins to tell somebody what happens.
   * @returns what they read, or why there is nothing: too many listen already
   */
  listen(who: NewClient): ReadableStream<Uint8Array> | 'too-many-listeners' | 'too-many-of-one-caller'
  /** Ends every feed, and resolves when nothing is read any longer. */
  stop(): Promise<void>
}

/**
 * Tells everybody who listens of every change of an order, whichever replica made it. While somebody does, the streams
 * are read from a position on, past the consumers; an event is told of when its order's view has it.
 *
 * All in one loop, so that nobody gets an older view after a newer one. What is away stops the loop, never ends it.
 */
export function openFeed(options: FeedOptions): Feed {
  const { broker, views, toJson, log } = options
  const { mostListeners = 2000, mostOfOne = 200, everyMs = 100, heartbeatMs = 15_000 } = options
  const listeners = openClients(log)
  const stopping = new AbortController()
  let course: StreamCursor | undefined
  let running: Promise<void> | undefined
  let wake = () => {}

  broker.onReconnect(() => wake())
  const joined = () => [...listeners.all()].filter((listener) => listener.joined)

  async function run(): Promise<void> {
    const beating = setInterval(beat, heartbeatMs)
    const ending = setInterval(endExpired, 1000)
    for (let failures = 0; listeners.count() > 0 && !stopping.signal.aborted; ) {
      let again = false
      try {
        if (course && course.version !== views.serving()) loseCourse()
        course ??= await openStreamCursor(options)
        again = await goOn(course)
        if (failures > 0) log.info({}, 'the live feed goes on')
        failures = 0
      } catch (error) {
        if (stopping.signal.aborted) break
        if (failures === 0) log.warn({ reason: reasonOf(error) }, 'the live feed waits')
        failures += 1
      }
      if (!again) await pause(failures > 0 ? retryDelay(failures, { maxMs: 5000 }) : everyMs)
    }
    clearInterval(beating)
    clearInterval(ending)
    // Nobody listens: from where on, is found out again.
    course = undefined
    running = undefined
  }

  /** What was missed cannot be told: everybody has to read the lists again, once it is known from where on. */
  function loseCourse(): void {
    course = undefined
    for (const listener of joined()) Object.assign(listener, { joined: false, from: 'lost' })
  }

  /** @returns whether there may be more to do at once */
  async function goOn(on: StreamCursor): Promise<boolean> {
    const step = await on.goOn((changed) => {
      for (const [listener, chunk] of chunksFor(joined(), changed, on.token(), toJson))
        if (chunk) listener.push(chunk)
    })
    if (step === 'lost') loseCourse()
    if (step === 'lost' || step === 'behind') return true
    const waiting = [...listeners.all()].filter((listener) => !listener.joined)
    if (waiting.length > 0) await join(waiting, on, { broker, views, toJson })
    return step === 'more'
  }

  async function pause(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    await Promise.race([woken, delay(ms, undefined, { ref: false })])
  }

  function beat(): void {
    const chunk = heartbeat()
    const standing = course && heartbeat(course.token())
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
