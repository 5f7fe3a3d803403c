import { type ListQuery, matchesQuery, sortedBy } from '@saucery/chassis/http/lists'
import type { Published } from '@saucery/contracts/choreography'
import type { Status } from '@saucery/contracts/status'
import { firstIdAt } from '@saucery/messaging/events/event'
import { type Database, keyIn, upsertAll } from '@saucery/messaging/postgres/database'
import type { Aggregate, Commit } from '@saucery/messaging/unit-of-work'
import { and, asc, eq, lt } from 'drizzle-orm'
import { evolve, type Order, type OrderEvent } from './domain.ts'
import { orders } from './schema.ts'

export type CommitOrder = Commit<Order, Published<'order'>, OrderEvent>

export const orderAggregate: Aggregate<Order, OrderEvent> = {
  table: orders,
  async load(tx, ids) {
    const rows = await tx.select().from(orders).where(keyIn(orders.id, ids))
    return new Map(rows.map((row) => [row.id, toOrder(row)]))
  },
  save: (tx, states) => upsertAll(tx, orders, states),
  evolve,
}

export async function findOrder(db: Database, id: string): Promise<Order | undefined> {
  const [row] = await db.select().from(orders).where(eq(orders.id, id))
  return row && toOrder(row)
}

export type OrderQuery = ListQuery<Status>

/** The statement behind a list. (plans.int.test: "costs of many what it costs of 10,000, …") */
export function selectOrders(db: Database, query: OrderQuery) {
  const wanted = matchesQuery(query, orders.id, orders)
  return db.select().from(orders).where(wanted).orderBy(sortedBy(query, orders.id)).limit(query.limit)
}

/** In the query's order. */
export const findOrders = async (db: Database, query: OrderQuery): Promise<Order[]> =>
  (await selectOrders(db, query)).map(toOrder)

/** The ids of the orders that were placed before `time`, in ms since 1970, and are still PLACED; the oldest first. */
export async function findPlacedBefore(db: Database, time: number, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: orders.id })
    .from(orders)
    .where(and(eq(orders.status, 'PLACED'), lt(orders.id, firstIdAt(time))))
    .orderBy(asc(orders.id))
    .limit(limit)
  return rows.map(({ id }) => id)
}

const toOrder = (row: typeof orders.$inferSelect): Order => ({
  ...row,
  facts: row.facts as Order['facts'],
  status: row.status as Status,
  placedAt: new Date(row.placedAt).toISOString(),
})
