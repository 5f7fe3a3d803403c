import { type ListQuery, matchesQuery, sortedBy } from '@saucery/chassis/http/lists'
import type { Published } from '@saucery/contracts/choreography'
import { type Database, keyIn, upsertAll } from '@saucery/messaging/postgres/database'
import type { Aggregate, Commit } from '@saucery/messaging/unit-of-work'
import { eq } from 'drizzle-orm'
import { askedFor, evolve, isOpen, type Payment, type PaymentEvent } from './domain.ts'
import { payments } from './schema.ts'

export type CommitPayment = Commit<Payment, Published<'payment'>, PaymentEvent>

export const paymentAggregate: Aggregate<Payment, PaymentEvent> = {
  table: payments,
  async load(tx, orderIds) {
    const rows = await tx.select().from(payments).where(keyIn(payments.orderId, orderIds))
    return new Map(rows.map((row) => [row.orderId, toPayment(row)]))
  },
  save: (tx, states) => upsertAll(tx, payments, states.map(withTimers)),
  evolve,
}

/** Starts the timers of an open payment. Postgres reads 'now' as the time of its own clock. */
const withTimers = (payment: Payment) =>
  isOpen(payment) ? { ...payment, attempts: 0, askingSince: 'now', nextAttemptAt: 'now' } : payment

export async function findPayment(db: Database, orderId: string): Promise<ShownPayment | undefined> {
  const [row] = await db.select().from(payments).where(eq(payments.orderId, orderId))
  return row && toShown(row)
}

export type PaymentQuery = ListQuery<Payment['status']>

/** The statement behind a list. (plans.int.test: "costs of many what it costs of 10,000, …") */
export function selectPayments(db: Database, query: PaymentQuery) {
  const wanted = matchesQuery(query, payments.orderId, payments)
  return db
    .select()
    .from(payments)
    .where(wanted)
    .orderBy(sortedBy(query, payments.orderId))
    .limit(query.limit)
}

/** In the query's order. */
export const findPayments = async (db: Database, query: PaymentQuery): Promise<ShownPayment[]> =>
  (await selectPayments(db, query)).map(toShown)

type Row = typeof payments.$inferSelect

/** Columns that the payment's status does not use are null; they are left out. */
function toPayment({ askingSince, attempts, nextAttemptAt, lastError, ...row }: Row): Payment {
  const used = Object.entries(row).filter(([, value]) => value !== null)
  return Object.fromEntries(used) as unknown as Payment
}

/** An open payment shows how far the calls to the provider are. */
function toShown(row: Row) {
  const payment = toPayment(row)
  if (!isOpen(payment)) return payment
  const { askingSince, attempts, nextAttemptAt, lastError } = row
  const provider = {
    asked: askedFor[payment.status],
    attempts: Math.max(1, attempts ?? 1),
    ...(askingSince && { since: new Date(askingSince).toISOString() }),
    ...(nextAttemptAt && { nextAttemptAt: new Date(nextAttemptAt).toISOString() }),
    ...(lastError && { lastError }),
  }
  return { ...payment, provider }
}

type ShownPayment = ReturnType<typeof toShown>
