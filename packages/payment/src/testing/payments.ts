import { setTimeout as delay } from 'node:timers/promises'
import { silentLog } from '@saucery/chassis/testing/log'
import { testService } from '@saucery/chassis/testing/service'
import type { Database } from '@saucery/messaging/postgres/database'
import { paymentApi } from '../api.ts'
import { withFaults } from '../provider/faults.ts'
import type { PaymentProvider } from '../provider/provider.ts'
import { simulatedCharges, simulatedProvider } from '../provider/simulated.ts'
import { openProviderCalls } from '../provider-calls/calls.ts'
import { reactions } from '../reactions.ts'
import type { faults } from '../settings.ts'
import { type CommitPayment, paymentAggregate } from '../store.ts'

const migrations = new URL('../../migrations/', import.meta.url)

export const limit = 1_000_000
export const atOnce = { PAYMENT_LIMIT: limit, PAYMENT_DELAY_MS: 0, PAYMENT_DELAY_JITTER_MS: 0 }

/** As the default settings, a hundred times as fast, for a provider that does not answer. */
export const fast = {
  PROVIDER_TIMEOUT_MS: 200,
  PROVIDER_RETRY_MS: 10,
  PROVIDER_RETRY_MAX_MS: 100,
  PROVIDER_CONCURRENCY: 20,
  CHARGE_DEADLINE_MS: 600_000,
}

/** A busy machine must not make the outcome of a call unknown. */
const patient = { ...fast, PROVIDER_TIMEOUT_MS: 10_000 }

type Fault = (typeof faults)[number]

interface ReplicaOptions {
  /** The provider as this replica reaches it. */
  wrap?(provider: PaymentProvider): PaymentProvider
  readonly now?: () => Date
  readonly settings?: typeof fast
}

/** What a process of payment does with its provider. */
function paymentReplica(
  { commit, db }: { commit: CommitPayment; db: Database },
  { wrap = (provider) => provider, now = () => new Date(), settings = patient }: ReplicaOptions = {},
) {
  const provider = wrap(simulatedProvider(db, atOnce))
  const calls = openProviderCalls({ db, commit, provider, settings, log: silentLog })
  return { handle: reactions({ commit, calls, now }), calls, askDue: calls.askDue }
}

/** A provider whose every call goes wrong in the way that is set at that moment. */
export function breakable(fault?: Fault) {
  let present = fault
  return {
    settings: fast,
    set(fault?: Fault) {
      present = fault
    },
    wrap: (provider: PaymentProvider) => withFaults(provider, () => present),
  }
}

/** The payment service on servers of its own, with the simulated provider. */
export async function testPayments() {
  const service = await testService('payment', migrations, paymentAggregate)
  const { db } = service
  const first = paymentReplica(service)
  return {
    ...service,
    ...first,
    app: paymentApi(service),
    provider: simulatedProvider(db, atOnce),
    /** One more process, with its own client of the provider. */
    otherReplica: async (options?: ReplicaOptions) => paymentReplica(await service.replica(), options),
    /** Lets every lease run out and every delay pass. */
    passTimers: () =>
      db.execute(
        "update payments set next_attempt_at = now() - interval '1 hour' where attempts is not null",
      ),
    books: () => booksOf(db),
  }
}

/** Runs the loop of a replica, as its main does, until the work has ended. */
export async function whileAsking<T>(
  replicas: { askDue(): Promise<void> }[],
  work: () => Promise<T>,
): Promise<T> {
  const ended = new AbortController()
  const loops = replicas.map(async ({ askDue }) => {
    while (!ended.signal.aborted) {
      await askDue()
      await delay(10)
    }
  })
  try {
    return await work()
  } finally {
    ended.abort()
    await Promise.all(loops)
  }
}

/** The provider's charges and refunds, by key. */
async function booksOf(db: Database) {
  const rows = await db.select().from(simulatedCharges)
  return Object.fromEntries(rows.map(({ idempotencyKey, ...row }) => [idempotencyKey, row]))
}
