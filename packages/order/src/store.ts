import type { Status } from '@saucery/contracts/status'
import { type Database, keyIn, upsertAll, when } from '@saucery/messaging/database'
import type { Aggregate } from '@saucery/messaging/unit-of-work'
import { and, desc, eq, lt } from 'drizzle-orm'
import { evolve, type Order, type OrderFact } from './domain.ts'
import { orders } from './schema.ts'

export const orderAggregate: Aggregate<Order, OrderFact> = {
  async load(tx, ids) {
    const rows = await tx.select().from(orders).where(keyIn(orders.id, ids))
    return new Map(rows.map((row) => [row.id, toOrder(row)]))
  },
  save: (tx, states) => upsertAll(tx, orders, states),
  evolve,
}

export interface OrderFilter {
  readonly status?: Status | undefined
  readonly branchId?: string | undefined
  readonly orderId?: string | undefined
  /** Only what is older than this order. */
  readonly before?: string | undefined
  readonly limit: number
}

export async function findOrder(db: Database, id: string): Promise<Order | undefined> {
  const [row] = await db.select().from(orders).where(eq(orders.id, id))
  return row && toOrder(row)
}

/** Newest first. */
export async function listOrders(db: Database, filter: OrderFilter): Promise<Order[]> {
  const wanted = and(
    when(filter.status, (status) => eq(orders.status, status)),
    when(filter.branchId, (branchId) => eq(orders.branchId, branchId)),
    when(filter.orderId, (orderId) => eq(orders.id, orderId)),
    when(filter.before, (before) => lt(orders.id, before)),
  )
  const rows = await db.select().from(orders).where(wanted).orderBy(desc(orders.id)).limit(filter.limit)
  return rows.map(toOrder)
}

const toOrder = (row: typeof orders.$inferSelect): Order => ({
  ...row,
  facts: row.facts as Order['facts'],
  status: row.status as Status,
  placedAt: new Date(row.placedAt).toISOString(),
})
