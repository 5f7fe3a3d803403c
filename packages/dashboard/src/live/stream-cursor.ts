import type { Log } from '@saucery/chassis/telemetry/log'
import { streams } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import type { Broker } from '@saucery/messaging/nats/connection'
import { ackedPosition, ackFloor, readAfter } from '@saucery/messaging/nats/stream-reader'
import type { StreamSpec } from '@saucery/messaging/nats/streams'
import type { ViewStore } from '../store/view-store.ts'
import type { OrderView } from '../view/order-view.ts'
import { openPending, type PendingEvents } from './pending-events.ts'
import { toResumeToken } from './resume-token.ts'

export interface StreamCursorOptions {
  readonly broker: Broker
  readonly views: Pick<ViewStore, 'among' | 'serving'>
  readonly log: Log
  readonly mostPending?: number
  /** How often is asked which events the views will never have. */
  readonly giveUpAfterMs?: number
}

type Tell = (changed: readonly OrderView[]) => void

/** What was read of the streams, and is waited for in the views, from where it began on. */
export interface StreamCursor {
  /** Of the documents that are told of. */
  readonly version: number
  readonly pending: PendingEvents
  /** Where whoever has been told everything stands. */
  token(): string
  /**
   * Reads on, and tells of what the views have now.
   * @returns whether there may be more to do at once; `behind` while all that it reads is long in the views; `lost` when
   * what was missed cannot be told
   */
  goOn(tell: Tell): Promise<'more' | 'idle' | 'behind' | 'lost'>
}

const eventsInARead = 500
const ordersInALook = 200
/** A replica of a stream may lag behind another. */
const behindForMs = 2000
/** So far back from a stream's end is looked for what its consumer has not handled. */
const mostBehind = 10_000
/** Twice what that takes: where more comes than can be read, who waits is let in all the same. */
const mostRoundsBehind = (2 * mostBehind) / eventsInARead

/** Begins where the consumers of the documents that are served have handled everything. */
export async function openStreamCursor(options: StreamCursorOptions): Promise<StreamCursor> {
  const { broker, views, log, mostPending = 2000, giveUpAfterMs = 30_000 } = options
  const version = views.serving()
  const durable = durableOf(version)
  const positions = await Promise.all(
    streams.map((stream) => ackedPosition(broker, stream, durable, mostBehind)),
  )
  const pending = openPending(positions)
  const behindSince = new Map<StreamSpec, number>()
  let roundsBehind = mostRoundsBehind
  let giveUpAt = 0

  /** @returns whether there may be more to read at once */
  async function readStreams(): Promise<boolean | 'lost'> {
    let more = false
    for (const [i, stream] of streams.entries()) {
      const limit = Math.min(eventsInARead, mostPending - pending.count())
      // What is waited for comes first; the streams keep the rest.
      if (limit <= 0) break
      const read = await readAfter(broker, stream, pending.readTo(i), limit)
      if (typeof read !== 'string') {
        behindSince.delete(stream)
        pending.add(i, read)
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
  async function tellSome(tell: Tell): Promise<boolean> {
    const orderIds = pending.next(ordersInALook)
    if (orderIds.length === 0) return false
    const changed = pending.arrived(await views.among(orderIds))
    if (changed.length > 0) tell(changed)
    return changed.length > 0
  }

  /** Looks at every pending event once. */
  async function tellAll(tell: Tell): Promise<void> {
    for (let orders = pending.count(); orders > 0; orders -= ordersInALook) await tellSome(tell)
  }

  /** What the consumer is done with, and no view has, went to the dead letters. */
  async function giveUp(tell: Tell): Promise<void> {
    giveUpAt = Date.now() + giveUpAfterMs
    const handled = await Promise.all(streams.map((stream) => ackFloor(broker, stream, durable)))
    // After the answer: what was acknowledged before is in its view by now.
    await tellAll(tell)
    const given = pending.giveUp(handled.map((sequence = 0) => sequence))
    const [first] = given
    if (!first) return
    const { stream, sequence, id: eventId, key } = first
    const fields = { events: given.length, stream: streams[stream]?.name, sequence, eventId, key }
    log.warn(fields, 'events never came into their views')
  }

  return {
    version,
    pending,
    token: () => toResumeToken({ version, positions: pending.done() }),
    async goOn(tell) {
      const more = await readStreams()
      if (more === 'lost') return 'lost'
      if (roundsBehind > 0) {
        await tellAll(tell)
        roundsBehind = more ? roundsBehind - 1 : 0
        if (roundsBehind > 0) return 'behind'
      }
      const told = await tellSome(tell)
      if (pending.count() > 0 && Date.now() >= giveUpAt) await giveUp(tell)
      return told || more ? 'more' : 'idle'
    },
  }
}
