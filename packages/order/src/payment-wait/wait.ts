import type { Published } from '@saucery/contracts/choreography'
import type { Cause } from '@saucery/messaging/events/event'
import type { Database } from '@saucery/messaging/postgres/database'
import type { Commit } from '@saucery/messaging/unit-of-work'
import { isDecided, type Order, type OrderEvent, timeOut } from '../domain.ts'
import { findOrder } from '../store.ts'
import type { Breaker } from './breaker.ts'
import type { WaitPreferences } from './preferences.ts'
import type { Watch } from './watch.ts'

/** What became of a request to place an order. */
interface Placed {
  /** There is nothing to wait for any more: it was made, and answered, before. */
  readonly final: boolean
  readonly answer: { readonly body: Order }
}

interface Placing<P extends Placed> {
  readonly orderId: string
  readonly cause: Cause
  readonly terms: WaitPreferences
  /** Places it, or finds the order that the same request placed before. */
  place(payBy: string | undefined): Promise<P>
}

interface Waited<P extends Placed> {
  readonly placed: P
  readonly order: Order | undefined
  /** `late`: there was a condition, and it is not kept: the order is cancelled. */
  readonly payment: 'decided' | 'undecided' | 'late'
}

export interface PaymentWaitOptions {
  readonly db: Database
  readonly commit: Commit<Order, Published<'order'>, OrderEvent>
  readonly watch: (orderId: string) => Watch
  readonly breaker: Breaker
}

export interface PaymentWait {
  /**
   * Places an order, and waits for its payment as long as the terms say.
   * @throws ProblemError when it must be paid and payments take too long at present; then nothing is placed
   */
  placeAndWait<P extends Placed>(placing: Placing<P>): Promise<Waited<P>>
  /** Ends every wait now, as if its time had come. */
  end(): void
}

export function openPaymentWait({ db, commit, watch, breaker }: PaymentWaitOptions): PaymentWait {
  const ends = new Set<() => void>()
  let ended = false

  async function placeNow<P extends Placed>(placing: Placing<P>): Promise<Waited<P>> {
    const placed = await placing.place(undefined)
    return { placed, order: placed.answer.body, payment: 'undecided' }
  }

  async function wait<P extends Placed>({ orderId, cause, terms, place }: Placing<P>): Promise<Waited<P>> {
    const endsAt = Date.now() + terms.waitMs
    let watching = watch(orderId)
    try {
      const placed = await place(terms.isStrict ? new Date(endsAt).toISOString() : undefined)
      const { id } = placed.answer.body
      if (placed.final) return { placed, order: placed.answer.body, payment: 'undecided' }
      if (id !== orderId) {
        watching.end()
        watching = watch(id)
      }
      const decided = await before(endsAt, watching.decided)
      const order = decided ?? (await (terms.isStrict ? giveUp(id, cause) : findOrder(db, id)))
      return { placed, order, payment: paymentOf(order, terms) }
    } finally {
      watching.end()
    }
  }

  /** One decision at the end, by the state: what came in another way, or at this moment, counts. */
  async function giveUp(key: string, cause: Cause): Promise<Order | undefined> {
    return (await commit({ key, cause, decide: timeOut })).state
  }

  function before<T>(time: number, result: Promise<T>): Promise<T | undefined> {
    let end = () => {}
    const late = new Promise<undefined>((resolve) => {
      end = () => resolve(undefined)
    })
    const timer = setTimeout(end, ended ? 0 : time - Date.now())
    ends.add(end)
    return Promise.race([result, late]).finally(() => {
      clearTimeout(timer)
      ends.delete(end)
    })
  }

  return {
    async placeAndWait(placing) {
      const { waitMs, isStrict } = placing.terms
      if (waitMs === 0) return placeNow(placing)
      if (!isStrict) return wait(placing)
      return breaker.guard(
        () => wait(placing),
        ({ placed, payment }) => placed.final || payment === 'decided',
      )
    },
    end() {
      ended = true
      for (const end of ends) end()
    },
  }
}

/** A voided payment is no answer to whoever must have one: payment heard of the order too late. */
function paymentOf(order: Order | undefined, { isStrict }: WaitPreferences): Waited<Placed>['payment'] {
  const isKnown = order !== undefined && isDecided(order)
  if (!isStrict) return isKnown ? 'decided' : 'undecided'
  return isKnown && !order.facts.includes('PaymentVoided') ? 'decided' : 'late'
}
