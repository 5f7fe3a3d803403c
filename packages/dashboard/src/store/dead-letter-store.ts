import type {
  DeadLetterPosition,
  DeadLetterRecord,
  DeadLetterStore,
} from '@saucery/messaging/dead-letters/record'
import type { Db, Filter } from 'mongodb'
import { duplicateKey, unless } from './mongo-errors.ts'

interface DeadLetterDocument extends Omit<DeadLetterRecord, 'id'>, Partial<DeadLetterPosition> {
  readonly _id: string
  readonly savedAt: Date
}

/** Long after the broker has it on its disks. */
const keptForSeconds = 7 * 24 * 3600

/** The collection `dead_letters`: what the broker could lose, of all versions. */
export function mongoDeadLetters(db: Db): DeadLetterStore {
  const letters = db.collection<DeadLetterDocument>('dead_letters')
  return {
    async save({ id, ...content }) {
      await letters.createIndex({ savedAt: 1 }, { expireAfterSeconds: keptForSeconds })
      const saved = { ...content, savedAt: new Date() }
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
        .find(before, { projection: { headers: 0, data: 0 } })
        .sort({ savedAt: -1, _id: -1 })
        .limit(limit)
        .toArray()
      return found.map(({ _id: id, savedAt, ...position }) => ({
        ...position,
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
