import type { DeliveryInfo, JsMsg } from 'nats'
import type { ConsumerSpec } from '../nats/streams.ts'
import { openPullLoop, type PullLoopOptions } from './pull-loop.ts'

/** The server removes the lane's consumer when no replica has pulled from it for this time. */
const unusedMs = 30_000

/** While the lane is open, a replica holds so many messages of the backlog at most, and as many of the lane. */
const largestShare = 100

/** The name of the lane's consumer; the service's NATS user may use that one, too. */
const laneOf = (durable: string) => `${durable}-express`

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
  const { log, stopping, maxHeld } = options
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
    shareOfBacklog: (): number => (closing ? share : maxHeld),
    /** Resolves when the lane is closed, and has handled what it was sent. */
    ended: (): Promise<unknown> => ended,
  }
}
