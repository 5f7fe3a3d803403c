import type { FailingMessage, FailingStore } from '@saucery/messaging/consumer/failing-store'
import type { Db } from 'mongodb'

interface FailingDocument extends Omit<FailingMessage, 'id' | 'failedAt' | 'nextTryAt'> {
  readonly _id: string
  readonly key: string
  readonly failedAt: Date
  readonly nextTryAt: Date
}

/** A message that fails is tried again within half a minute. */
const keptForSeconds = 3600

/** The collection `failing_messages`: what failed and is tried again, by any replica. */
export function mongoFailing(db: Db): FailingStore {
  const messages = db.collection<FailingDocument>('failing_messages')
  let indexed: Promise<unknown> | undefined
  async function ensureIndexes(): Promise<void> {
    indexed ??= Promise.all([
      messages.createIndex({ key: 1 }),
      messages.createIndex({ nextTryAt: 1 }, { expireAfterSeconds: keptForSeconds }),
    ])
    await indexed.catch((error) => {
      indexed = undefined
      throw error
    })
  }
  return {
    async add(failed) {
      await ensureIndexes()
      const failedAt = new Date()
      const updates = failed.map(({ id, tries, delayMs, ...fields }) => ({
        updateOne: {
          filter: { _id: id },
          update: {
            $set: { ...fields, failedAt, nextTryAt: new Date(failedAt.getTime() + delayMs) },
            $inc: { tries },
          },
          upsert: true,
        },
      }))
      await messages.bulkWrite(updates, { ordered: false })
    },
    async remove(ids) {
      await messages.deleteMany({ _id: { $in: [...ids] } })
    },
    async ofKey(key, limit) {
      const found = await messages.find({ key }).sort({ failedAt: -1 }).limit(limit).toArray()
      return found.map(({ _id: id, key: _, failedAt, nextTryAt, ...fields }) => ({
        ...fields,
        id,
        failedAt: failedAt.toISOString(),
        nextTryAt: nextTryAt.toISOString(),
      }))
    },
  }
}
