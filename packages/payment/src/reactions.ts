import type { Consumed } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import { evolve, isOpen, type Payment, react } from './domain.ts'
import type { ProviderCalls } from './provider-calls/calls.ts'
import type { CommitPayment } from './store.ts'

interface ReactionDeps {
  readonly commit: CommitPayment
  readonly calls: Pick<ProviderCalls, 'begin'>
  readonly now?: () => Date
}

/**
 * Commits, then asks the provider if the event has opened the payment. The commit has done all that the event needs: a
 * provider that is away fails no message, and after a crash the row is asked about.
 */
export const reactions =
  ({ commit, calls, now = () => new Date() }: ReactionDeps) =>
  async (event: Event<Consumed<'payment'>>): Promise<void> => {
    let hasOpened = false
    const { state } = await commit({
      key: event.data.orderId,
      cause: event,
      handles: event,
      consumes: event,
      decide(payment: Payment | undefined) {
        const published = react(payment, event, now().toISOString())
        const after = [event, ...published].reduce(evolve, payment)
        hasOpened = after !== payment && isOpen(after)
        return published
      },
    })
    if (hasOpened && isOpen(state)) await calls.begin(state, event)
  }
