import {
  type DeadLetterCatalog,
  type DeadLetterFilter,
  type DeadLetterGroup,
  type DeadLetterPlace,
  maxCounted,
} from '@saucery/messaging/dead-letters/catalog'
import type { Db, Filter } from 'mongodb'
import {
  type DeadLetterDocument,
  expiry,
  letterEntryOf,
  listedFields,
  openDeadLetterCollection,
  withoutMessage,
} from './dead-letter-document.ts'
import { duplicateKey, unless } from './mongo-errors.ts'

interface ImportDocument {
  /** The creation time of the stream. */
  readonly _id: string
  readonly sequence: number
}

/** The dashboard's dead letters as an operator looks them up. */
export function mongoCatalog(db: Db): DeadLetterCatalog {
  const { letters, ensureIndexes } = openDeadLetterCollection(db)
  const imports = db.collection<ImportDocument>('dead_letter_imports')
  return {
    async page(filter, { limit, sort = 'newest', after }) {
      const direction = sort === 'newest' ? -1 : 1
      const found = await letters
        .find(
          { $and: [matching(filter), ...(after ? [beyond(after, sort)] : [])] },
          { projection: withoutMessage },
        )
        .sort({ savedAt: direction, _id: direction })
        .limit(limit)
        .toArray()
      return found.flatMap((letter) => letterEntryOf(letter) ?? [])
    },
    count: (filter) => letters.countDocuments(matching(filter), { limit: maxCounted }),
    async groups(filter, limit) {
      const groups = await letters
        .aggregate<Omit<DeadLetterGroup, 'oldest' | 'newest'> & { oldest: Date; newest: Date }>([
          { $match: matching(filter) },
          {
            $group: {
              _id: { event: '$event', reason: '$reason', errorKey: '$errorKey' },
              count: { $sum: 1 },
              oldest: { $min: '$savedAt' },
              newest: { $max: '$savedAt' },
            },
          },
          { $sort: { count: -1 } },
          { $limit: limit },
        ])
        .toArray()
      return groups.map((group) => ({
        ...(group as unknown as { _id: Pick<DeadLetterGroup, 'event' | 'reason' | 'errorKey'> })._id,
        count: group.count,
        oldest: group.oldest.toISOString(),
        newest: group.newest.toISOString(),
      }))
    },
    async find(idOrSequence) {
      const is = typeof idOrSequence === 'number' ? { sequence: idOrSequence } : { _id: idOrSequence }
      // The sequences of a recreated stream start again.
      const [letter] = await letters
        .find(is, { projection: withoutMessage })
        .sort({ streamCreated: -1 })
        .limit(1)
        .toArray()
      return letter && letterEntryOf(letter)
    },
    async read(id) {
      const letter = await letters.findOne({ _id: id })
      return letter ? { id, subject: letter.subject, headers: letter.headers, data: letter.data } : undefined
    },
    async settle(ids, { outcome, by, why }) {
      const isNew: Filter<DeadLetterDocument> = {
        $or: [{ state: { $ne: 'handled' } }, ...(by === undefined ? [] : [{ settledBy: null }])],
      }
      const isOpen = outcome === 'handled' ? isNew : { state: 'open' as const }
      const settled = { state: outcome, settledAt: new Date(), expiresAt: expiry.settled() }
      const told = { settledBy: by ?? null, settledWhy: why ?? null }
      const done: string[] = []
      for (const _id of ids) {
        const { modifiedCount } = await letters.updateOne(
          { _id, ...isOpen },
          { $set: { ...settled, ...told } },
        )
        if (modifiedCount > 0) done.push(_id)
      }
      return done
    },
    async describeOlder(limit) {
      await ensureIndexes()
      const found = await letters
        .find({ reason: { $exists: false } })
        .limit(limit)
        .toArray()
      for (const { _id, subject, headers, data } of found)
        await letters.updateOne({ _id }, { $set: listedFields({ id: _id, subject, headers, data }) })
      return found.length
    },
    async add(imported) {
      for (const { record, savedAt, ...position } of imported) {
        const { id, ...content } = record
        const added = { ...content, savedAt: new Date(savedAt), ...listedFields(record) }
        const upsert = { $setOnInsert: added, $set: position }
        await letters.updateOne({ _id: id }, upsert, { upsert: true }).catch(unless(duplicateKey))
      }
    },
    importedTo: async (streamCreated) => (await imports.findOne({ _id: streamCreated }))?.sequence ?? 0,
    async markImported({ sequence, streamCreated }) {
      const raised = imports.updateOne({ _id: streamCreated }, { $max: { sequence } }, { upsert: true })
      await raised.catch(unless(duplicateKey))
    },
  }
}

function matching({
  event,
  reason,
  error,
  orderId,
  from,
  to,
  state,
}: DeadLetterFilter): Filter<DeadLetterDocument> {
  const savedAt = { ...(from && { $gte: new Date(from) }), ...(to && { $lt: new Date(to) }) }
  return {
    // Until it is on the stream, its message is not given up: it may be handled yet.
    sequence: { $exists: true },
    ...(state === undefined ? { state: { $exists: true } } : { state }),
    ...(event !== undefined && { event }),
    ...(reason !== undefined && { reason }),
    ...(error !== undefined && { errorKey: error }),
    ...(orderId !== undefined && { orderId }),
    ...((from || to) && { savedAt }),
  }
}

function beyond(after: DeadLetterPlace, sort: 'newest' | 'oldest'): Filter<DeadLetterDocument> {
  const savedAt = new Date(after.savedAt)
  return sort === 'newest'
    ? { $or: [{ savedAt: { $lt: savedAt } }, { savedAt, _id: { $lt: after.id } }] }
    : { $or: [{ savedAt: { $gt: savedAt } }, { savedAt, _id: { $gt: after.id } }] }
}
