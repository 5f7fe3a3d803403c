import { setTimeout as delay } from 'node:timers/promises'
import { batcher } from '@saucery/messaging/async/batcher'
import { type Database, recordset } from '@saucery/messaging/postgres/database'
import { sql } from 'drizzle-orm'
import type { ChargeOutcome } from '../domain.ts'
import { simulatedCharges } from '../schema.ts'
import type { PaymentProvider } from './provider.ts'

export interface SimulatedProviderOptions {
  /** Declines what is above, in whole won. */
  readonly limit: number
  /** A charge takes `delayMs` ± `jitterMs`. */
  readonly delayMs: number
  readonly jitterMs: number
}

/**
 * A provider with books of its own in Postgres, committed before it answers: it remembers each charge by its key,
 * so that asking again, also after a crash, gives the first answer and takes no more money.
 */
export function simulatedProvider(db: Database, options: SimulatedProviderOptions): PaymentProvider {
  const { limit, delayMs, jitterMs } = options
  type Charge = { idempotencyKey: string; amount: number }

  const book = batcher(
    async (charges: Charge[]) => {
      const rows = charges.map((charge) => ({
        ...charge,
        declined: charge.amount > limit ? 'limit-exceeded' : null,
        refunds: 0,
      }))
      await db.execute(sql`
      insert into ${simulatedCharges} select distinct on (idempotency_key) * from ${recordset(simulatedCharges, rows)}
      order by idempotency_key on conflict do nothing`)
      const booked = await db.execute<{ key: string; declined: string | null }>(sql`
      select idempotency_key as key, declined from ${simulatedCharges}
      where idempotency_key in (select idempotency_key from ${recordset(simulatedCharges, rows)})`)
      const answers = new Map(booked.map(({ key, declined }) => [key, answer(declined)]))
      return charges.map(({ idempotencyKey }) => {
        const value = answers.get(idempotencyKey)
        return value ? { value } : { error: new Error('the charge is not in the books') }
      })
    },
    { everyMs: () => 10 },
  )

  return {
    async charge(charge) {
      const waitMs = delayMs + (Math.random() * 2 - 1) * jitterMs
      if (waitMs > 0) await delay(waitMs)
      return book(charge)
    },
    async refund(idempotencyKey) {
      await db.execute(sql`
        update ${simulatedCharges} set refunds = refunds + 1
        where idempotency_key = ${idempotencyKey} and declined is null and refunds = 0`)
    },
  }
}

const answer = (declined: string | null): ChargeOutcome =>
  declined === null ? { approved: true } : { approved: false, reason: declined }
