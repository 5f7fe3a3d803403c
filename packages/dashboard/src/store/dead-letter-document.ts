import {
  type DeadLetterEntry,
  type DeadLetterKeys,
  type DeadLetterOutcome,
  type DeadLetterSummary,
  describeRecord,
} from '@saucery/messaging/dead-letters/catalog'
import type { DeadLetterPosition, DeadLetterRecord } from '@saucery/messaging/dead-letters/record'
import type { Collection, Db } from 'mongodb'
import { indexNotFound, namespaceNotFound } from './mongo-errors.ts'

/** The fields by which letters are listed are absent while only an older release has seen the document. */
export interface DeadLetterDocument
  extends Omit<DeadLetterRecord, 'id'>,
    Partial<DeadLetterPosition>,
    Partial<DeadLetterKeys> {
  readonly _id: string
  readonly savedAt: Date
  readonly summary?: DeadLetterSummary
  readonly state?: 'open' | DeadLetterOutcome
  readonly settledAt?: Date
  readonly settledBy?: string | null
  readonly settledWhy?: string | null
  /** The server removes it then. */
  readonly expiresAt?: Date
}

const dayMs = 24 * 3_600_000

/** As in the other services' databases. */
export const expiry = {
  open: () => new Date(Date.now() + 90 * dayMs),
  settled: () => new Date(Date.now() + 7 * dayMs),
}

/** What a document has beside the record. */
export function listedFields(record: DeadLetterRecord) {
  const { event, eventId, orderId, reason, errorKey, ...summary } = describeRecord(record)
  return {
    event,
    eventId,
    orderId,
    reason,
    errorKey,
    summary,
    state: 'open',
    expiresAt: expiry.open(),
  } as const
}

/** Of a list, which does not read the messages. */
export const withoutMessage = { headers: 0, data: 0 } as const

export function letterEntryOf({ _id: id, ...letter }: DeadLetterDocument): DeadLetterEntry | undefined {
  const { event, eventId, orderId, reason, errorKey, summary, sequence, streamCreated } = letter
  if (summary === undefined || reason === undefined || sequence === undefined) return undefined
  const { state, settledAt, settledBy, settledWhy } = letter
  return {
    ...summary,
    id,
    savedAt: letter.savedAt.toISOString(),
    event: event ?? '',
    eventId: eventId ?? id,
    orderId: orderId ?? '',
    reason,
    errorKey: errorKey ?? '',
    sequence,
    ...(streamCreated !== undefined && { streamCreated }),
    ...(state !== undefined && state !== 'open' && { outcome: state }),
    ...(settledAt && { settledAt: settledAt.toISOString() }),
    ...(settledBy && { settledBy }),
    ...(settledWhy && { settledWhy }),
  }
}

const indexes = [
  { key: { state: 1, savedAt: -1, _id: -1 } },
  { key: { state: 1, event: 1, reason: 1, errorKey: 1, savedAt: -1, _id: -1 } },
  { key: { orderId: 1, savedAt: -1, _id: -1 } },
  { key: { sequence: 1 } },
  { key: { reason: 1 } },
  { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
] as const

/** Replicas of an older release make their index again, which removes open letters after a week. */
const checkEveryMs = 10 * 60_000

/** The collection `dead_letters`: what the broker could lose, of all versions. */
export function openDeadLetterCollection(db: Db) {
  const letters: Collection<DeadLetterDocument> = db.collection('dead_letters')
  let madeAt = Number.NEGATIVE_INFINITY
  return {
    letters,
    async ensureIndexes(): Promise<void> {
      if (performance.now() - madeAt < checkEveryMs) return
      await letters.createIndexes(indexes.map((index) => ({ ...index })))
      await letters.dropIndex('savedAt_1').catch((error) => {
        if (![indexNotFound, namespaceNotFound].includes(error.code)) throw error
      })
      madeAt = performance.now()
    },
  }
}
