import type { StreamInfo } from 'nats'
import type { Log } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import { deadLettersStream, streamCreatedAt } from '../nats/streams.ts'
import { readStored } from '../nats/whole-message.ts'
import { type DeadLetterStore, publishRecord, recordIdOf, type SavedDeadLetter } from './record.ts'

const pageSize = 200

/**
 * The comparison goes back for this time before the newest dead letter, and further for as long as some are missing.
 * What was saved before a clock was set back may seem to be newer than now, and hides nothing that was saved since.
 * (reconciler.int.test: "are published again though the clock of their store was set back")
 */
const tailMs = 10 * 60_000

/**
 * Compares the service's dead letters with the stream `DEAD_LETTERS`, and publishes again what that does not have: the
 * broker may have lost it, or the process died before it was published.
 * (reconciler.int.test: "are published again when the broker has lost them")
 */
export async function reconcileDeadLetters(broker: Broker, store: DeadLetterStore, log: Log): Promise<void> {
  let page = await store.newest(pageSize)
  if (!page[0]) return
  const newestAgeMs = Math.max(0, page[0].ageMs)
  const info = await broker.jsm.streams.info(deadLettersStream.name)
  let published = 0
  while (page.length > 0) {
    const isThere = await Promise.all(page.map((letter) => isStored(broker, info, letter)))
    const missing = page.filter((_, i) => !isThere[i])
    for (const { id } of missing) {
      const record = await store.load(id)
      if (!record) continue
      await store.markPublished(id, await publishRecord(broker, record))
      published += 1
    }
    const oldest = page.at(-1) as SavedDeadLetter
    if (missing.length === 0 && oldest.ageMs > newestAgeMs + tailMs) break
    page = page.length < pageSize ? [] : await store.newest(pageSize, oldest)
  }
  if (published > 0)
    log.warn({ deadLetters: published }, 'stream has lost dead letters, published them again')
}

async function isStored(broker: Broker, info: StreamInfo, letter: SavedDeadLetter): Promise<boolean> {
  const { id, sequence, streamCreated } = letter
  if (sequence === undefined || streamCreated !== streamCreatedAt(info)) return false
  // An operator may limit the stream.
  if (sequence < info.state.first_seq) return true
  const stored = await readStored(broker, deadLettersStream.name, sequence)
  if (!stored?.subject.startsWith(`dead-letters.${broker.name}.`)) return false
  return recordIdOf(stored.headers.get('dead-letter-message-id')) === id
}
