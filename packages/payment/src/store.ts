import { type ListQuery, matchesQuery } from '@saucery/chassis/http/lists'
import type { Published } from '@saucery/contracts/choreography'
import { type Database, keyIn, upsertAll } from '@saucery/messaging/postgres/database'
import type { Aggregate, Commit } from '@saucery/messaging/unit-of-work'
import { desc, eq } from 'drizzle-orm'
import { evolve, type Payment, type PaymentEvent } from './domain.ts'
import { payments } from './schema.ts'

export type CommitPayment = Commit<Payment, Published<'payment'>, PaymentEvent>

export const paymentAggregate: Aggregate<Payment, PaymentEvent> = {
  table: payments,
  async load(tx, orderIds) {
    const rows = await tx.select().from(payments).where(keyIn(payments.orderId, orderIds))
    return new Map(rows.map((row) => [row.orderId, toPayment(row)]))
  },
  save: (tx, states) => upsertAll(tx, payments, states),
  evolve,
}

export async function findPayment(db: Database, orderId: string): Promise<Payment | undefined> {
  const [row] = await db.select().from(payments).where(eq(payments.orderId, orderId))
  return row && toPayment(row)
}

export type PaymentQuery = ListQuery<Payment['status']>

/** The statement behind a list. (plans.int.test: "costs of many what it costs of 10,000, …") */
export function selectPayments(db: Database, query: PaymentQuery) {
  const wanted = matchesQuery(query, payments.orderId, payments)
  return db.select().from(payments).where(wanted).orderBy(desc(payments.orderId)).limit(query.limit)
}

/** Newest order first. */
export const findPayments = async (db: Database, query: PaymentQuery): Promise<Payment[]> =>
  (await selectPayments(db, query)).map(toPayment)

/** Columns that the payment's status does not use are null; they are left out. */
const toPayment = (row: typeof payments.$inferSelect): Payment =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as Payment
