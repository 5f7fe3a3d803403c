import type { Consumed, Published } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import type { Commit } from '@saucery/messaging/unit-of-work'
import { type Payment, type PaymentEvent, react, settle } from './domain.ts'
import type { PaymentProvider } from './provider/provider.ts'

export interface PaymentReactions {
  readonly commit: Commit<Payment, Published<'payment'>, PaymentEvent>
  readonly provider: PaymentProvider
  readonly now?: () => Date
}

/** No transaction is open while the provider is asked; a crash in between is mended by the event coming again. */
export function reactions({ commit, provider, now = () => new Date() }: PaymentReactions) {
  const decide = (event: Event<Consumed<'payment'>>) => (payment: Payment | undefined) =>
    react(payment, event, now().toISOString())

  /** Reserves, charges, settles; or says at once that it is too late. */
  async function charge(event: Event<Consumed<'payment'>>): Promise<void> {
    const change = { key: event.data.orderId, cause: event }
    const { state } = await commit({ ...change, consumes: event, decide: decide(event) })
    if (state?.status !== 'PENDING') return
    const answer = await provider.charge({ idempotencyKey: state.orderId, amount: state.amount })
    await commit({ ...change, handles: event.id, decide: (payment) => settle(payment, answer) })
  }

  /** The money goes back before that is said; the provider gives it back once, however often it is asked. */
  async function refund(event: Event<Consumed<'payment'>>): Promise<void> {
    const change = { key: event.data.orderId, cause: event }
    const { state } = await commit({ ...change, decide: () => [] })
    if (state?.status === 'APPROVED') await provider.refund(state.orderId)
    await hear(event)
  }

  const hear = (event: Event<Consumed<'payment'>>) =>
    commit({
      key: event.data.orderId,
      cause: event,
      handles: event.id,
      consumes: event,
      decide: decide(event),
    })

  return async (event: Event<Consumed<'payment'>>): Promise<void> => {
    if (event.name === 'OrderPlaced') await charge(event)
    else if (event.name === 'OrderCancelled') await hear(event)
    else await refund(event)
  }
}
