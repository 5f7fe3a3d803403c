import type { Consumed } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import { type Payment, react, settle } from './domain.ts'
import type { PaymentProvider } from './provider/provider.ts'
import type { CommitPayment } from './store.ts'

interface ReactionDeps {
  readonly commit: CommitPayment
  readonly provider: PaymentProvider
  readonly now?: () => Date
}

type Consumable = Event<Consumed<'payment'>>

/** No transaction is open while the provider is called. After a crash in between, the redelivered event continues. */
export function reactions({ commit, provider, now = () => new Date() }: ReactionDeps) {
  const reactionTo = (event: Consumable) => ({
    key: event.data.orderId,
    cause: event,
    consumes: event,
    decide: (payment: Payment | undefined) => react(payment, event, now().toISOString()),
  })

  /** Reserves, charges, settles. When it is too late for that, the first commit voids the payment instead. */
  async function charge(event: Consumable) {
    const { state } = await commit(reactionTo(event))
    if (state?.status !== 'PENDING') return
    const outcome = await provider.charge({ idempotencyKey: state.orderId, amount: state.amount })
    const decide = (payment: Payment | undefined) => settle(payment, outcome)
    await commit({ key: state.orderId, cause: event, handles: event.id, decide })
  }

  /** Refunds before it publishes that; the provider refunds a key once, however often it is called. */
  async function refund(event: Consumable) {
    const { state } = await commit({ key: event.data.orderId, cause: event, decide: () => [] })
    if (state?.status === 'APPROVED') await provider.refund(state.orderId)
    await commit({ ...reactionTo(event), handles: event.id })
  }

  return async (event: Consumable): Promise<void> => {
    if (event.name === 'OrderPlaced') await charge(event)
    else if (event.name === 'OrderCancelled') await commit({ ...reactionTo(event), handles: event.id })
    else await refund(event)
  }
}
