import type { DeliveryInfo, JetStreamManager, JsMsg } from 'nats'
import { type ConsumerSpec, removeConsumer } from '../nats/streams.ts'
import { openPullLoop, type PullLoopOptions } from './pull-loop.ts'

/** The server removes the lane's consumer when no replica has pulled from it for this time. */
const unusedMs = 30_000

/** So many new messages a replica holds at most while the lane is open, and by default as many of the backlog. */
export const largestShare = 100

/** The name of the lane's consumer; the service's NATS user may use that one, too. */
const laneOf = (durable: string) => `${durable}-express`

/** Deletes a durable consumer and its lane, as far as they exist, so that what takes their place begins anew. */
export const removeWithLane = (jsm: JetStreamManager, stream: string, durable: string) =>
  Promise.all([durable, laneOf(durable)].map((consumer) => removeConsumer(jsm, stream, consumer)))

/**
 * Lets new events pass a backlog. While a durable consumer is far behind, a second one delivers what is published from
 * now on, so that a new order is handled beside those that wait. The replicas share the lane, too.
 *
 * The lane may lose anything at any time: the durable consumer delivers the same events when it comes to them, and the
 * state knows those that it has handled. (express-lane.int.test)
 */
export function openExpressLane(
  options: PullLoopOptions,
  { version: _, ...consumer }: ConsumerSpec,
  onMessage: (message: JsMsg) => Promise<unknown>,
) {
  const opensAt = consumer.maxAckPending
  const closesAt = opensAt / 10
  const { log, stopping, maxHeld, maxHeldBesideLane } = options
  const share = Math.min(largestShare, maxHeld)
  const { stream } = consumer
  const spec = { ...consumer, durable: laneOf(consumer.durable) }
  let closing: AbortController | undefined
  let ended: Promise<unknown> = Promise.resolve()

  function open({ pending, streamSequence }: DeliveryInfo): void {
    log.info({ stream, pending }, 'far behind, new events pass the backlog')
    // What is published while the lane is being opened passes, too.
    const startSequence = streamSequence + Math.ceil(pending - share / 2)
    const close = new AbortController()
    closing = close
    const lane = { ...options, maxHeld: share, stopping: AbortSignal.any([stopping, close.signal]) }
    ended = openPullLoop(lane, { ...spec, express: { startSequence, unusedMs } }, onMessage).ended.then(
      () => {
        closing = undefined
      },
    )
  }

  return {
    /** Opens or closes the lane by how many messages the durable consumer has not delivered yet. */
    note(info: DeliveryInfo): void {
      if (closing === undefined && info.pending >= opensAt && !stopping.aborted) open(info)
      else if (info.pending < closesAt) closing?.abort()
    },
    /** The messages of the durable consumer that this replica may hold now. */
    shareOfBacklog: (): number => (closing ? Math.min(maxHeldBesideLane(), maxHeld) : maxHeld),
    /** Resolves when the lane is closed, and has handled what it was sent. */
    ended: (): Promise<unknown> => ended,
  }
}
