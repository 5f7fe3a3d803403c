import { type ListQuery, matchesQuery, sortedBy } from '@saucery/chassis/http/lists'
import type { Published } from '@saucery/contracts/choreography'
import { type Database, keyIn, upsertAll } from '@saucery/messaging/postgres/database'
import type { Aggregate, Commit } from '@saucery/messaging/unit-of-work'
import { and, asc, eq, gte, lt, ne, sql } from 'drizzle-orm'
import { type Delivery, type DeliveryEvent, evolve, type VisibleDelivery } from './domain.ts'
import { deliveries } from './schema.ts'

export type CommitDelivery = Commit<Delivery, Published<'delivery'>, DeliveryEvent>

export const deliveryAggregate: Aggregate<Delivery, DeliveryEvent> = {
  table: deliveries,
  async load(tx, orderIds) {
    const rows = await tx.select().from(deliveries).where(keyIn(deliveries.orderId, orderIds))
    return new Map(rows.map((row) => [row.orderId, toDelivery(row)]))
  },
  save: (tx, states) => upsertAll(tx, deliveries, states),
  evolve,
}

const isVisible = ne(deliveries.status, 'CANCEL_REMEMBERED')

export async function findDelivery(db: Database, orderId: string): Promise<VisibleDelivery | undefined> {
  const [row] = await db
    .select()
    .from(deliveries)
    .where(and(isVisible, eq(deliveries.orderId, orderId)))
  return row && (toDelivery(row) as VisibleDelivery)
}

export type DeliveryQuery = ListQuery<Delivery['status']>

/** The statement behind a list. (plans.int.test: "costs of many what it costs of 10,000, …") */
export function selectDeliveries(db: Database, query: DeliveryQuery) {
  const wanted = and(isVisible, matchesQuery(query, deliveries.orderId, deliveries))
  return db
    .select()
    .from(deliveries)
    .where(wanted)
    .orderBy(sortedBy(query, deliveries.orderId))
    .limit(query.limit)
}

/** In the query's order. */
export const findDeliveries = async (db: Database, query: DeliveryQuery): Promise<VisibleDelivery[]> =>
  (await selectDeliveries(db, query)).map(toDelivery) as VisibleDelivery[]

/** A share of the deliveries that started at this time or later; always the same ones. */
interface Share {
  readonly percent: number
  readonly since: Date
}

const isInShare = ({ percent, since }: Share) =>
  and(
    gte(deliveries.startedAt, since.toISOString()),
    // The last byte of a UUIDv7 is random.
    sql`get_byte(uuid_send(${deliveries.orderId}), 15) * 100 < ${percent}::int * 256`,
  )

/** The ids of the orders whose deliveries started before `time` and have not ended; the oldest first. */
export async function findStartedBefore(
  db: Database,
  time: Date,
  limit: number,
  share?: Share,
): Promise<string[]> {
  const rows = await db
    .select({ orderId: deliveries.orderId })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.status, 'STARTED'),
        lt(deliveries.startedAt, time.toISOString()),
        share && isInShare(share),
      ),
    )
    .orderBy(asc(deliveries.startedAt))
    .limit(limit)
  return rows.map(({ orderId }) => orderId)
}

/** Columns that the delivery's status does not use are null; they are left out. */
function toDelivery(row: typeof deliveries.$inferSelect): Delivery {
  const startedAt = row.startedAt && new Date(row.startedAt).toISOString()
  const present = Object.entries({ ...row, startedAt }).filter(([, value]) => value !== null)
  return Object.fromEntries(present) as unknown as Delivery
}
