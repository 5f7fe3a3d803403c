import type { JsMsg } from 'nats'
import type { Fact } from '../events/event.ts'
import { eventIdIn, type StreamPosition } from '../nats/stream-reader.ts'
import { type ConsumerSpec, consumerInfo } from '../nats/streams.ts'
import { asDelivered, isEventAt, readRange, type WholeMessage } from '../nats/whole-message.ts'
import { type Candidate, candidateOf, unhandledAmong } from './handled.ts'
import { type Anchor, anchorAt, comparesDownTo } from './how-far.ts'
import { type ConsumerState, splitMissed } from './missed.ts'
import type { HandledState, PolicyOptions } from './policy.ts'
import { openTrail } from './trail.ts'

const blockSize = 200

/** A comparison that finds nothing reads at most this number of messages. */
const blocksWithoutEvidence = 5

const maxUnchecked = 2000

export interface Compared {
  /** Messages that were missed and are handled now. */
  readonly missed: number
  /** Messages that were missed and could not be handled. */
  readonly unresolved: number
  /** When the oldest message was stored that is probably in flight, in ms since 1970; infinite without any. */
  readonly oldestInFlight: number
  /** New messages will be missed, too, until the stream has grown. */
  readonly isAhead: boolean
}

type Options<F extends Fact> = Pick<PolicyOptions<F>, 'broker' | 'stopping'> & {
  readonly state: HandledState
}

/**
 * Compares what a consumer has delivered with what the service's state has handled, by the events' ids, and handles
 * what is missed. After a loss the broker may count other events as delivered: those that have the sequences of
 * the lost ones now. (reconciler.int.test)
 * @param process handles a message; its failures show in the state
 */
export function openComparison<F extends Fact>(
  { broker, state, stopping }: Options<F>,
  { stream, durable, filters, maxAckPending }: ConsumerSpec,
  process: (message: JsMsg) => Promise<unknown>,
) {
  const trail = openTrail()
  const prefixes = filters.map((filter) => filter.slice(0, filter.lastIndexOf('.') + 1))
  const isConsumed = ({ subject }: WholeMessage) => prefixes.some((prefix) => subject.startsWith(prefix))
  /** Everything up to here was handled at the last comparison. */
  let anchor: (StreamPosition & Anchor) | undefined
  let unchecked: StreamPosition[] = []
  let delivered = 0
  let suspectedSince = new Map<string, number>()
  const tries = new Map<string, number>()

  /** Whether all that was received, and was handled when it was compared last, is still where it was. */
  async function isIntact(positions: readonly StreamPosition[]): Promise<boolean> {
    const inPlace = await Promise.all(positions.map((position) => isEventAt(broker, stream, position)))
    return inPlace.every((is) => is)
  }

  /** Handles those that are missed. @returns how many, and the sequences of all that are still without an effect */
  async function examine(messages: readonly WholeMessage[], consumer: ConsumerState, found: Findings) {
    const candidates = messages.filter(isConsumed).map(candidateOf)
    const unhandled = await unhandledAmong(state, candidates)
    const { missed, suspects } = splitMissed(unhandled, consumer, suspectedSince, performance.now())
    for (const { id, message } of suspects) {
      found.suspects.add(id)
      found.oldestInFlight = Math.min(found.oldestInFlight, message.time)
    }
    const attempt = ({ id, message }: Candidate) => {
      tries.set(id, (tries.get(id) ?? 0) + 1)
      return process(asDelivered(message, tries.get(id) ?? 1))
    }
    await Promise.all(missed.map(attempt))
    const unresolved = missed.length > 0 ? await unhandledAmong(state, missed) : []
    const still = new Set(unresolved.map(({ id }) => id))
    for (const { id } of missed) if (!still.has(id)) tries.delete(id)
    found.missed += missed.length - still.size
    found.unresolved += still.size
    return {
      isWhole: missed.length === 0,
      open: [...suspects, ...unresolved].map(({ sequence }) => sequence),
    }
  }

  /** @param isThorough goes back to the last comparison in any case, not only when there is a sign of a loss */
  async function compare(isThorough: boolean): Promise<Compared | undefined> {
    unchecked = [...unchecked, ...trail.take()].slice(-maxUnchecked)
    const info = await consumerInfo(broker.jsm, stream, durable)
    if (!info) return undefined
    const { state: of } = await broker.jsm.streams.info(stream)
    const isAhead = info.delivered.stream_seq > of.last_seq
    const consumer = { ackFloor: info.ack_floor.stream_seq, isAhead }
    // A consumer whose server no longer follows the stream delivers nothing new, and may count nothing as pending.
    const isStuck = info.delivered.stream_seq === delivered && info.num_ack_pending < maxAckPending
    delivered = info.delivered.stream_seq
    const top = isStuck || info.num_pending === 0 ? of.last_seq : Math.min(of.last_seq, delivered)
    // An empty stream begins at 0, or where its limits have removed everything.
    const first = Math.max(1, of.first_seq)
    const isLeft = ({ sequence }: StreamPosition) => sequence >= first
    const isAnchored = anchor !== undefined && (await isIntact([anchor].filter(isLeft)))
    const isTrailIntact = await isIntact(unchecked.filter(isLeft))
    const lowest = isAnchored && anchor ? Math.max(anchor.sequence + 1, first) : first
    const found: Findings = {
      missed: 0,
      unresolved: 0,
      oldestInFlight: Number.POSITIVE_INFINITY,
      suspects: new Set(),
    }
    let until: number | undefined
    let newest: WholeMessage | undefined
    let next: ReturnType<typeof positionIn>
    let hasEvidence = isThorough || isAhead || !isTrailIntact || (anchor !== undefined && !isAnchored)
    for (let end = top, blocks = 1; end >= lowest && !stopping.aborted; end -= blockSize, blocks++) {
      const begin = Math.max(lowest, end - blockSize + 1)
      const messages = await readRange(broker, stream, begin, end)
      const { isWhole, open } = await examine(messages, consumer, found)
      // Of the newest messages, one that is absent may be on its way to the server that answered.
      if (blocks === 1) open.push(...absentFrom(messages, begin, end))
      if (open.length > 0) next = undefined
      next ??= positionIn(messages, Math.min(...open, end + 1) - 1)
      const [oldest] = messages
      newest ??= messages.at(-1)
      // With its anchor in place it goes no further than that, whatever the times are. (comparison.int.test)
      if (newest && !isAnchored) until ??= comparesDownTo(newest, anchor, performance.now())
      const isFar = oldest !== undefined && until !== undefined && oldest.time < until
      hasEvidence ||= !isWhole
      if (isWhole && (isFar || (!hasEvidence && blocks >= blocksWithoutEvidence))) break
    }
    if (stopping.aborted) return undefined
    suspectedSince = new Map([...suspectedSince].filter(([id]) => found.suspects.has(id)))
    const place = next ?? (isAnchored ? anchor : undefined)
    anchor = place && anchorAt(place, newest, performance.now())
    unchecked = []
    const { missed, unresolved, oldestInFlight } = found
    return { missed, unresolved, oldestInFlight, isAhead }
  }

  return {
    stream,
    compare,
    note: (message: JsMsg) => trail.note(message.seq, eventIdIn(message)),
  }
}

interface Findings {
  missed: number
  unresolved: number
  oldestInFlight: number
  readonly suspects: Set<string>
}

/** The last of the messages up to this sequence. */
function positionIn(messages: readonly WholeMessage[], sequence: number) {
  const message = messages.findLast((one) => one.sequence <= sequence)
  return message && { sequence: message.sequence, id: eventIdIn(message), time: message.time }
}

function absentFrom(messages: readonly WholeMessage[], first: number, last: number): number[] {
  const present = new Set(messages.map(({ sequence }) => sequence))
  return Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((one) => !present.has(one))
}
