import type { StreamConfig, StreamInfo } from 'nats'
import type { Broker } from '../nats/connection.ts'
import { streamCreatedAt } from '../nats/streams.ts'
import { isEventAt } from '../nats/whole-message.ts'
import type { Database } from '../postgres/database.ts'
import {
  dateAgain,
  type PublishedRow,
  peaksSince,
  publishedBefore,
  unpublish,
  unpublishOtherStreams,
} from './outbox-table.ts'
import type { OutboxOptions } from './stream-watch.ts'

const retryAfterMs = 5000

/** A comparison that takes long is followed by a pause that is this many times as long. */
const pauseFactor = 20

/**
 * A broker that loses power loses its last writes. So the lookups go back for this time before the newest row, and
 * further for as long as events are missing.
 */
const tailMs = 60_000

/** For the first comparison, which knows no earlier one, signs of a loss are looked for so far back. */
const firstTailMs = 10 * 60_000

/** What a comparison found: the rows that the stream no longer has, and where the next one goes back to. */
interface Found {
  readonly lost: number
  /** Those of the rows that others have locked. No later comparison may look where they are. */
  readonly locked: readonly PublishedRow[]
  /** The newest row of all that are there. */
  readonly anchor: (PublishedRow & { readonly streamCreated: string }) | undefined
}

/**
 * Decides when the outbox is compared with its stream: at the start, each time that `schedule` was called, and on a
 * timer, because a cluster may lose messages while its clients stay connected.
 * (reconciler-extent.int.test: "are the same again after a loss that no client has noticed, …")
 */
export function openReconciler({ db, broker, stream, log, compareEveryMs = 60_000 }: OutboxOptions) {
  let dueAt = 0
  let isThorough = true
  let anchor: Found['anchor']
  let locked: Found['locked'] = []
  return {
    schedule(): void {
      isThorough = true
      dueAt = 0
    },
    /** @param publishingSettled waits for the events that this process is publishing now */
    async runIfDue(publishingSettled: () => Promise<unknown>): Promise<void> {
      const startedAt = performance.now()
      if (startedAt < dueAt) return
      const wasThorough = isThorough
      isThorough = false
      // Before it begins, so that a `schedule` during this run leads to another run.
      dueAt = Number.POSITIVE_INFINITY
      try {
        // An event that was acknowledged before a loss, and is marked only after the comparison, would be missed.
        // (reconciler.int.test: "are the same again when the loss comes between an acknowledgement and its mark")
        await publishingSettled()
        const found = await reconcile(db, broker, stream.name, { anchor, locked, isThorough: wasThorough })
        anchor = found.anchor
        locked = found.locked
        if (found.lost > 0)
          log.warn(
            { stream: stream.name, events: found.lost },
            'stream has lost events, publishing them again',
          )
        if (locked.length > 0)
          log.warn({ stream: stream.name, events: locked.length }, 'lost events are locked, trying again')
        const atLeastMs = locked.length > 0 ? retryAfterMs : compareEveryMs
        const pauseMs = Math.max(atLeastMs, pauseFactor * (performance.now() - startedAt))
        dueAt = Math.min(dueAt, performance.now() + pauseMs)
      } catch (error) {
        isThorough ||= wasThorough
        log.warn({ stream: stream.name, error }, 'outbox not reconciled with the stream')
        dueAt = Math.min(dueAt, performance.now() + retryAfterMs)
      }
    },
  }
}

/**
 * Compares the outbox with its stream. Marks the events that the stream no longer has as unpublished; the sweeper then
 * publishes them with the same ids. After a loss the broker reuses sequences, so events are compared by their ids.
 * @param anchor of the last comparison: what lies before it is there, if it is still there itself
 * @param locked rows that the last comparison missed in the stream and could not mark
 * (locked-outbox.int.test: "keep no other lost event from being published again, and are it when they are released")
 * @param isThorough looks up every event of the last minute, and since the last comparison, not only signs of a loss
 */
export async function reconcile(
  db: Database,
  broker: Broker,
  stream: string,
  { anchor, locked = [], isThorough = true }: Partial<Omit<Found, 'lost'>> & { isThorough?: boolean } = {},
): Promise<Found> {
  const info = await broker.jsm.streams.info(stream)
  const streamCreated = streamCreatedAt(info)
  const ofOtherStreams = await unpublishOtherStreams(db, streamCreated)
  const isDatedAgain = await dateAgain(db, streamCreated)
  const known = anchor?.streamCreated === streamCreated && !isDatedAgain ? anchor : undefined
  const page = await publishedBefore(db, streamCreated)
  const [newest] = page
  if (!newest) return { lost: ofOtherStreams, locked: [], anchor: undefined }
  const since = known ? Date.parse(known.publishedAt) - tailMs : Date.parse(newest.publishedAt) - firstTailMs
  const signs = await peaksSince(db, streamCreated, new Date(since).toISOString())
  const isSound = (await missingAmong(broker, info, known ? [known, ...signs] : signs)).length === 0
  const until = isSound ? Date.parse(newest.publishedAt) - tailMs : since
  const lost = await findLost(db, broker, info, page, until, isSound && !isThorough)
  const left = await unpublish(db, streamCreated, uniqueById([...locked, ...lost]))
  const isWhole = isSound && lost.length === 0 && left.locked.length === 0
  return {
    lost: ofOtherStreams + left.unpublished,
    locked: left.locked,
    anchor: isWhole ? { ...newest, streamCreated } : undefined,
  }
}

const uniqueById = (rows: readonly PublishedRow[]) => [...new Map(rows.map((row) => [row.id, row])).values()]

/**
 * Looks up the rows from the newest back to a time, and further for as long as some are missing.
 * @param isBrief ends at the first page that misses nothing
 */
async function findLost(
  db: Database,
  broker: Broker,
  info: StreamInfo,
  newest: PublishedRow[],
  until: number,
  isBrief: boolean,
): Promise<PublishedRow[]> {
  const lost: PublishedRow[] = []
  for (let rows = newest; rows.length > 0; ) {
    const missing = await missingAmong(broker, info, rows)
    lost.push(...missing)
    const last = rows.at(-1) as PublishedRow
    const isFar = isBrief && lost.length === 0 ? true : Date.parse(last.publishedAt) < until
    if (missing.length === 0 && isFar) break
    rows = await publishedBefore(db, streamCreatedAt(info), last)
  }
  return lost
}

async function missingAmong(broker: Broker, info: StreamInfo, rows: readonly PublishedRow[]) {
  const isThere = await Promise.all(rows.map((row) => isStoredOrExpired(broker, info, row)))
  return rows.filter((_, i) => !isThere[i])
}

/** Events that the stream's own limits removed are not lost. */
async function isStoredOrExpired(broker: Broker, { config, state }: StreamInfo, row: PublishedRow) {
  if (row.streamSequence < state.first_seq && hasLimits(config)) return true
  return isEventAt(broker, config.name, { sequence: row.streamSequence, id: row.id })
}

const hasLimits = ({ max_age, max_bytes, max_msgs, max_msgs_per_subject }: StreamConfig): boolean =>
  [max_age, max_bytes, max_msgs, max_msgs_per_subject].some((limit) => limit > 0)
