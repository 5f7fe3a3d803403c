import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { type EventType, type Fact, keyOf } from '../events/event.ts'
import type { EventKeys } from '../events/signature.ts'
import type { Log } from '../log.ts'
import { connectBroker } from '../nats/connection.ts'
import { openParticipant } from '../participant.ts'
import { keyIn, openDatabase, upsertAll } from '../postgres/database.ts'
import type { Aggregate } from '../unit-of-work.ts'

// A book shop: it consumes the returns that the library publishes, and publishes what is on its shelves.
type Returned = Fact & { name: 'Returned'; data: { copies: number } }
type Shelved = Fact & { name: 'Shelved'; data: { copies: number } }

const Returned: EventType<Returned> = {
  event: 'Returned',
  subject: 'library.returned',
  version: 1,
  read(version, data) {
    const { copies } = data as { copies?: unknown }
    if (version !== 1 || typeof copies !== 'number') throw new Error('unknown version or invalid data')
    return { copies }
  },
}

const shelved = (book: string, copies: number): Shelved => ({
  name: 'Shelved',
  version: 1,
  subject: `shop.shelved.${book}`,
  data: { copies },
})

const shelves = pgTable('shelves', { book: text('book').primaryKey(), copies: integer('copies').notNull() })
type Shelf = typeof shelves.$inferSelect

const shelf: Aggregate<Shelf, Shelved | Returned> = {
  table: shelves,
  async load(tx, books) {
    const rows = await tx.select().from(shelves).where(keyIn(shelves.book, books))
    return new Map(rows.map((row) => [row.book, row]))
  },
  save: (tx, states) => upsertAll(tx, shelves, states),
  evolve: (before, event) =>
    event.name === 'Shelved' ? { book: keyOf(event.subject), copies: event.data.copies } : before,
}

export async function openShop(postgresUrl: string, natsUrl: string, keys: EventKeys, log: Log) {
  const database = openDatabase(postgresUrl, 'shop')
  const broker = await connectBroker({ url: natsUrl, name: 'shop', keys, log })
  const participant = await openParticipant<Shelf, Shelved, Returned>({
    db: database.db,
    broker,
    stream: { name: 'SHOP', subjects: ['shop.>'] },
    replicas: 1,
    aggregate: shelf,
    retentionMs: 7 * 24 * 60 * 60_000,
    log,
  })
  participant.consume([{ stream: 'LIBRARY', publisher: 'library', events: [Returned] }], (event) => {
    const book = keyOf(event.subject)
    return participant.commit({
      key: book,
      cause: event,
      handles: event,
      decide: (before) => [shelved(book, (before?.copies ?? 0) + event.data.copies)],
    })
  })
  return async function stop() {
    await participant.stop()
    await broker.close()
    await database.close()
  }
}
