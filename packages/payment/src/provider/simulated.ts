import { setTimeout as delay } from 'node:timers/promises'
import { batcher } from '@saucery/messaging/async/batcher'
import { columnsOf, type Database, recordset } from '@saucery/messaging/postgres/database'
import { sql } from 'drizzle-orm'
import { bigint, integer, pgTable, text } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import type { ProviderAnswer } from '../domain.ts'
import type { paymentSettings } from '../settings.ts'
import type { PaymentProvider } from './provider.ts'

type Charge = Parameters<PaymentProvider['charge']>[0] & { readonly declined: string | null }

/** What a drill makes of the calls at the moment. */
interface Drilled {
  readonly delayMs?: number | undefined
  /** The share of the charges that are declined; what is booked already stays as it is. */
  readonly declinesPercent?: number | undefined
}

type Settings = Pick<
  z.infer<typeof paymentSettings>,
  'PAYMENT_LIMIT' | 'PAYMENT_DELAY_MS' | 'PAYMENT_DELAY_JITTER_MS'
>

/** The books of the simulated provider. It stands for another company: no query joins them with `payments`. */
export const simulatedCharges = pgTable('simulated_charges', {
  idempotencyKey: text('idempotency_key').primaryKey(),
  amount: bigint('amount', { mode: 'number' }).notNull(),
  /** The reason of a decline; null when it was approved. `cancelled`: it was refunded before it was charged. */
  declined: text('declined'),
  refunds: integer('refunds').notNull().default(0),
})

/**
 * A provider with its own books in Postgres, committed before it answers. It finds a repeated charge by its key,
 * also after a crash: the answer is the first one, and no more money is taken.
 */
export function simulatedProvider(
  db: Database,
  settings: Settings,
  drilled: () => Drilled = () => ({}),
): PaymentProvider {
  const { PAYMENT_LIMIT: limit, PAYMENT_DELAY_MS: delayMs, PAYMENT_DELAY_JITTER_MS: jitterMs } = settings
  const book = batcher((charges: Charge[]) => bookAll(db, charges), { everyMs: () => 10 })
  return {
    async charge(charge) {
      const drill = drilled()
      const waitMs = delayMs + (drill.delayMs ?? 0) + (Math.random() * 2 - 1) * jitterMs
      if (waitMs > 0) await delay(waitMs)
      const isDrilled = Math.random() * 100 < (drill.declinesPercent ?? 0)
      const declined = charge.amount > limit ? 'limit-exceeded' : isDrilled ? 'drill' : null
      return book({ ...charge, declined })
    },
    async refund(key) {
      await db.execute(sql`
        insert into ${simulatedCharges} as booked (idempotency_key, amount, declined, refunds)
        values (${key}, 0, 'cancelled', 0)
        on conflict (idempotency_key) do update set refunds = booked.refunds + 1
        where booked.declined is null and booked.refunds = 0`)
      return { refunded: true }
    },
  }
}

async function bookAll(db: Database, charges: Charge[]) {
  const rows = charges.map((charge) => ({ ...charge, refunds: 0 }))
  // What is booked stays as it is; changed in nothing, it is returned, too.
  const booked = await db.execute<{ key: string; declined: string | null }>(sql`
    insert into ${simulatedCharges} as booked (${columnsOf(simulatedCharges)})
    select distinct on (idempotency_key) ${columnsOf(simulatedCharges)} from ${recordset(simulatedCharges, rows)}
    order by idempotency_key
    on conflict (idempotency_key) do update set refunds = booked.refunds
    returning idempotency_key as key, declined`)
  const outcomes = new Map(booked.map(({ key, declined }) => [key, outcomeOf(declined)]))
  return charges.map(({ idempotencyKey }) => {
    const value = outcomes.get(idempotencyKey)
    return value ? { value } : { error: new Error('the charge is not in the books') }
  })
}

const outcomeOf = (declined: string | null): ProviderAnswer =>
  declined === null ? { approved: true } : { approved: false, reason: declined }
