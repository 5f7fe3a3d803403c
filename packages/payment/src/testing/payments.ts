import { testService } from '@saucery/chassis/testing/service'
import type { Database } from '@saucery/messaging/postgres/database'
import { paymentApi } from '../api.ts'
import type { PaymentProvider } from '../provider/provider.ts'
import { simulatedCharges, simulatedProvider } from '../provider/simulated.ts'
import { reactions } from '../reactions.ts'
import { paymentAggregate } from '../store.ts'

const migrations = new URL('../../migrations/', import.meta.url)

export const limit = 1_000_000
export const atOnce = { PAYMENT_LIMIT: limit, PAYMENT_DELAY_MS: 0, PAYMENT_DELAY_JITTER_MS: 0 }

/** The payment service on servers of its own, with the simulated provider. */
export async function testPayments() {
  const service = await testService('payment', migrations, paymentAggregate)
  const provider = simulatedProvider(service.db, atOnce)

  /** The reactions of one more process, with its own client of the provider. */
  async function replicaHandles(wrap = (provider: PaymentProvider) => provider, now = () => new Date()) {
    const { commit, db } = await service.replica()
    return reactions({ commit, provider: wrap(simulatedProvider(db, atOnce)), now })
  }
  return {
    ...service,
    app: paymentApi(service),
    provider,
    handle: reactions({ commit: service.commit, provider }),
    replicaHandles,
    books: () => booksOf(service.db),
  }
}

/** The provider's charges and refunds, by key. */
async function booksOf(db: Database) {
  const rows = await db.select().from(simulatedCharges)
  return Object.fromEntries(rows.map(({ idempotencyKey, ...row }) => [idempotencyKey, row]))
}
