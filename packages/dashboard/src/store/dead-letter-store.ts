import type { DeadLetterStore } from '@saucery/messaging/dead-letters/record'
import type { Db, Filter } from 'mongodb'
import {
  type DeadLetterDocument,
  listedFields,
  openDeadLetterCollection,
  withoutMessage,
} from './dead-letter-document.ts'
import { duplicateKey, unless } from './mongo-errors.ts'

export function mongoDeadLetters(db: Db): DeadLetterStore {
  const { letters, ensureIndexes } = openDeadLetterCollection(db)
  return {
    async save(record) {
      await ensureIndexes()
      const { id, ...content } = record
      const saved = { ...content, savedAt: new Date(), ...listedFields(record) }
      await letters
        .updateOne({ _id: id }, { $setOnInsert: saved }, { upsert: true })
        .catch(unless(duplicateKey))
    },
    async markPublished(id, position) {
      await letters.updateOne({ _id: id }, { $set: position })
    },
    async newest(limit, last) {
      const savedAt = new Date(last?.savedAt ?? 0)
      const before: Filter<DeadLetterDocument> = last
        ? { $or: [{ savedAt: { $lt: savedAt } }, { savedAt, _id: { $lt: last.id } }] }
        : {}
      const found = await letters
        .find(before, { projection: withoutMessage })
        .sort({ savedAt: -1, _id: -1 })
        .limit(limit)
        .toArray()
      return found.map(({ _id: id, savedAt, sequence, streamCreated }) => ({
        ...(sequence !== undefined && { sequence }),
        ...(streamCreated !== undefined && { streamCreated }),
        id,
        savedAt: savedAt.toISOString(),
        ageMs: Date.now() - savedAt.getTime(),
      }))
    },
    async load(id) {
      const letter = await letters.findOne({ _id: id })
      return letter ? { id, subject: letter.subject, headers: letter.headers, data: letter.data } : undefined
    },
    async among(ids) {
      if (ids.length === 0) return new Set()
      const found = await letters.find({ _id: { $in: [...ids] } }, { projection: { _id: 1 } }).toArray()
      return new Set(found.map(({ _id }) => _id))
    },
  }
}
