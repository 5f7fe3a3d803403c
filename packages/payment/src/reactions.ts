import type { Consumed } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import { react, settle } from './domain.ts'
import type { PaymentProvider } from './provider/provider.ts'
import type { CommitPayment } from './store.ts'

export interface PaymentReactionDeps {
  readonly commit: CommitPayment
  readonly provider: PaymentProvider
  readonly now?: () => Date
}

type PaymentReaction = (deps: PaymentReactionDeps, event: Event<Consumed<'payment'>>) => Promise<unknown>

/** No transaction is open while the provider is called. After a crash in between, the redelivered event continues. */
export const reactions = (deps: PaymentReactionDeps) => (event: Event<Consumed<'payment'>>) => {
  switch (event.name) {
    case 'OrderPlaced':
      return charge(deps, event)
    case 'OrderCancelled':
      return commitReaction(deps, event)
    case 'DeliveryFailed':
    case 'DeliveryCancelled':
      return refund(deps, event)
  }
}

/** Reserves, charges, settles. When it is too late for that, the first commit voids the payment instead. */
const charge: PaymentReaction = async (deps, event) => {
  const { commit, provider } = deps
  const change = { key: event.data.orderId, cause: event }
  const { state } = await commit({ ...change, consumes: event, decide: decisionOn(deps, event) })
  if (state?.status !== 'PENDING') return
  const outcome = await provider.charge({ idempotencyKey: state.orderId, amount: state.amount })
  await commit({ ...change, handles: event.id, decide: (payment) => settle(payment, outcome) })
}

/** Refunds before it publishes that; the provider refunds a key once, however often it is called. */
const refund: PaymentReaction = async (deps, event) => {
  const { state } = await deps.commit({ key: event.data.orderId, cause: event, decide: () => [] })
  if (state?.status === 'APPROVED') await deps.provider.refund(state.orderId)
  await commitReaction(deps, event)
}

const commitReaction: PaymentReaction = (deps, event) =>
  deps.commit({
    key: event.data.orderId,
    cause: event,
    handles: event.id,
    consumes: event,
    decide: decisionOn(deps, event),
  })

const decisionOn =
  ({ now = () => new Date() }: PaymentReactionDeps, event: Event<Consumed<'payment'>>) =>
  (payment: Parameters<typeof react>[0]) =>
    react(payment, event, now().toISOString())
