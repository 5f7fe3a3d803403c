import type { ProblemError } from '@saucery/chassis/http/problem'
import type { Cause } from '@saucery/messaging/events/event'
import type { Database } from '@saucery/messaging/postgres/database'
import { isDecided, type Order, timeOut } from '../domain.ts'
import { type CommitOrder, findOrder } from '../store.ts'
import type { Breaker } from './breaker.ts'
import type { WaitPreferences } from './preferences.ts'
import type { Watches } from './watch.ts'

export interface PaymentWaitDeps {
  readonly db: Database
  readonly commit: CommitOrder
  readonly watches: Watches
  readonly breaker: Breaker
}

/** How a wait ended: `timed-out` is a strict wait without a payment; its order is cancelled. */
export interface WaitOutcome {
  readonly order: Order | undefined
  readonly payment: 'decided' | 'undecided' | 'timed-out'
}

/** One request's wait for the payment of its order. */
export interface PaymentWait extends Disposable {
  /** Set for a strict wait while the breaker is open: no order may be placed. */
  readonly refusal: ProblemError | undefined
  /** The end of a strict wait: payment voids the order if it reads it later. */
  readonly payBy: string | undefined
  /** The time until the final answer, in ms; undefined when nothing is waited for. */
  readonly finalWithinMs: number | undefined
  /** The order was answered before, by an earlier request: nothing to wait for. */
  skip(): void
  /** Waits for the order, which an earlier request with the same key may have placed under another id. */
  outcome(orderId: string, cause: Cause): Promise<WaitOutcome>
}

/** Time for the last decision and the final answer after a wait, in ms. */
const finishWithinMs = 5000

const unguarded = { refusal: undefined, end() {} }

/** Begins to wait for an order that is about to be placed. Dispose of it when the request is answered. */
export function beginWait(
  { db, commit, watches, breaker }: PaymentWaitDeps,
  newOrderId: string,
  { waitMs, isStrict }: WaitPreferences,
): PaymentWait {
  const endsAt = performance.now() + waitMs
  const payBy = isStrict ? new Date(Date.now() + waitMs).toISOString() : undefined
  const admission = isStrict ? breaker.admit() : unguarded
  const waits = waitMs > 0 && !admission.refusal
  let watch: ReturnType<Watches['begin']> | undefined
  let timer: NodeJS.Timeout | undefined

  try {
    if (waits) watch = watches.begin(newOrderId)
  } catch (error) {
    admission.end('error')
    throw error
  }

  /** Decided by the state, so that an event which came another way or at this moment counts. */
  const orderAtEnd = async (orderId: string, cause: Cause) =>
    isStrict ? (await commit({ key: orderId, cause, decide: timeOut })).state : await findOrder(db, orderId)

  return {
    refusal: admission.refusal,
    payBy,
    finalWithinMs: waits ? waitMs + finishWithinMs : undefined,
    skip: () => admission.end('in-time'),
    async outcome(orderId, cause) {
      if (watch && orderId !== newOrderId) {
        watch.end()
        watch = watches.begin(orderId)
      }
      timer = setTimeout(() => watch?.end(), endsAt - performance.now())
      const order = (await watch?.decided) ?? (await orderAtEnd(orderId, cause))
      const payment = paymentOf(order, isStrict)
      admission.end(payment === 'decided' ? 'in-time' : 'late')
      return { order, payment }
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
      watch?.end()
      admission.end('error')
    },
  }
}

/** A voided payment does not satisfy a strict wait: payment read the order too late. */
function paymentOf(order: Order | undefined, isStrict: boolean): WaitOutcome['payment'] {
  const decided = order !== undefined && isDecided(order)
  if (!isStrict) return decided ? 'decided' : 'undecided'
  return decided && !order.facts.includes('PaymentVoided') ? 'decided' : 'timed-out'
}
