import { type Problem, ProblemError } from '@saucery/chassis/http/problem'
import type { Cause } from '@saucery/messaging/events/event'
import type { Database } from '@saucery/messaging/postgres/database'
import { isDecided, type Order, timeOut } from '../domain.ts'
import { type CommitOrder, findOrder } from '../store.ts'
import type { Breaker } from './breaker.ts'
import type { Lateness } from './lateness.ts'
import type { WaitPreferences } from './preferences.ts'
import type { Watches } from './watch.ts'

export interface PaymentWaitDeps {
  readonly db: Database
  readonly commit: CommitOrder
  readonly watches: Watches
  readonly breaker: Breaker
  readonly lateness: Lateness
}

/** How a wait ended: `timed-out` is a strict wait without a payment; its order is cancelled. */
export interface WaitOutcome {
  readonly order: Order | undefined
  readonly payment: 'decided' | 'undecided' | 'timed-out'
}

/** One request's wait for the payment of its order. */
export interface PaymentWait extends Disposable {
  /** Set for a strict wait while the breaker is open, or without a place: no order may be placed. */
  readonly refusal: ProblemError | undefined
  /** The end of a strict wait: payment voids the order if it reads it later. */
  readonly payBy: string | undefined
  /** The time until the final answer, in ms; undefined when nothing is waited for. */
  readonly finalWithinMs: number | undefined
  /** The value of `Preference-Applied`. */
  readonly applied: string | undefined
  /** The order was answered before, by an earlier request: nothing to wait for. */
  skip(): void
  /** Waits for the order, which an earlier request with the same key may have placed under another id. */
  outcome(orderId: string, cause: Cause): Promise<WaitOutcome>
}

/** Time for the last decision and the final answer after a wait, in ms. */
const finishWithinMs = 5000

const unguarded = { refusal: undefined, end() {} }

const tooManyWaits: Problem = {
  status: 503,
  code: 'too-many-waits',
  title: 'Too many requests wait for a payment; no order was placed',
}

const withoutPlace = { refusal: new ProblemError(tooManyWaits), end() {} }

/**
 * Begins to wait for an order that is about to be placed. Dispose of it when the request is answered.
 * @param takePlace undefined when as many requests wait as may: then a lenient one does not
 */
export function beginWait(
  { db, commit, watches, breaker, lateness }: PaymentWaitDeps,
  newOrderId: string,
  { waitMs, isStrict, applied }: WaitPreferences,
  takePlace: () => (() => void) | undefined,
): PaymentWait {
  const endsAt = performance.now() + waitMs
  const payBy = isStrict ? new Date(Date.now() + waitMs).toISOString() : undefined
  const leave = waitMs > 0 && (isStrict || !lateness.isLate()) ? takePlace() : undefined
  const admission = !isStrict ? unguarded : leave ? breaker.admit() : withoutPlace
  const waits = leave !== undefined && !admission.refusal
  const endOfPayment = waits ? lateness.begin() : () => {}
  let watch: ReturnType<Watches['begin']> | undefined
  let timer: NodeJS.Timeout | undefined

  try {
    if (waits) watch = watches.begin(newOrderId)
  } catch (error) {
    endOfPayment(false)
    admission.end('error')
    leave?.()
    throw error
  }

  /** Decided by the state, so that an event which came another way or at this moment counts. */
  const orderAtEnd = async (orderId: string, cause: Cause) =>
    isStrict ? (await commit({ key: orderId, cause, decide: timeOut })).state : await findOrder(db, orderId)

  return {
    refusal: admission.refusal,
    payBy,
    finalWithinMs: waits ? waitMs + finishWithinMs : undefined,
    applied: waits || waitMs === 0 ? applied || undefined : undefined,
    skip: () => admission.end('in-time'),
    async outcome(orderId, cause) {
      if (watch && orderId !== newOrderId) {
        watch.end()
        watch = watches.begin(orderId)
      }
      timer = setTimeout(() => watch?.end(), endsAt - performance.now())
      const order = (await watch?.decided) ?? (await orderAtEnd(orderId, cause))
      const payment = paymentOf(order, isStrict)
      endOfPayment(payment === 'decided')
      admission.end(payment === 'decided' ? 'in-time' : 'late')
      return { order, payment }
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
      watch?.end()
      endOfPayment(false)
      admission.end('error')
      leave?.()
    },
  }
}

/** A voided payment does not satisfy a strict wait: payment read the order too late. */
function paymentOf(order: Order | undefined, isStrict: boolean): WaitOutcome['payment'] {
  const decided = order !== undefined && isDecided(order)
  if (!isStrict) return decided ? 'decided' : 'undecided'
  return decided && !order.facts.includes('PaymentVoided') ? 'decided' : 'timed-out'
}
