import { type Problem, ProblemError } from '@saucery/chassis/http/problem'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import CircuitBreaker from 'opossum'
import { Counter, Gauge } from 'prom-client'
import type { PaymentWaitSettings } from './preferences.ts'

const states = ['closed', 'half-open', 'open'] as const
type State = (typeof states)[number]

/** A request that asks to wait for its payment. */
interface Admission {
  /** Set while the breaker is open: the request must not begin. */
  readonly refusal: ProblemError | undefined
  /** Counts the request by its outcome, once. Over the timeout it has counted as late, though it may go on. */
  end(outcome: 'in-time' | 'late' | 'error'): void
}

/** Guards the requests that insist on their payment; each replica has its own breaker. */
export interface Breaker {
  admit(): Admission
  state(): State
}

interface BreakerDeps {
  readonly settings: PaymentWaitSettings
  readonly metrics: Metrics
  readonly log: Log
}

const late = new Error('the payment did not come in time')
const ownError = new Error('the order service failed')

export function openBreaker({ settings, metrics, log }: BreakerDeps): Breaker {
  let state: State = 'closed'
  let halfOpenAt = 0
  const circuit: CircuitBreaker<[() => Promise<void>], void> = new CircuitBreaker((run) => run(), {
    timeout: settings.PAYMENT_BREAKER_TIMEOUT_MS,
    errorThresholdPercentage: settings.PAYMENT_BREAKER_ERROR_PERCENT,
    rollingCountTimeout: settings.PAYMENT_BREAKER_WINDOW_MS,
    volumeThreshold: settings.PAYMENT_BREAKER_VOLUME,
    resetTimeout: settings.PAYMENT_BREAKER_RESET_MS,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    // An error of the order service says nothing about payment: it must neither open the circuit nor close it.
    errorFilter: (error) => circuit.closed && !isLate(error),
  })
  const count = measure(metrics, () => state)
  circuit.on('success', (result: unknown) => count(result instanceof Error ? 'error' : 'in-time'))
  circuit.on('failure', (error) => count(isLate(error) ? 'late' : 'error'))
  circuit.on('reject', () => count('rejected'))

  function enter(next: State): void {
    state = next
    const { failures, fires } = circuit.stats
    log[next === 'open' ? 'warn' : 'info']({ state, failures, calls: fires }, 'payment breaker changed')
  }
  circuit.on('open', () => {
    halfOpenAt = performance.now() + settings.PAYMENT_BREAKER_RESET_MS
    enter('open')
  })
  circuit.on('halfOpen', () => enter('half-open'))
  circuit.on('close', () => enter('closed'))

  return {
    state: () => state,
    admit() {
      let end: Admission['end'] | undefined
      const request = () =>
        new Promise<void>((resolve, reject) => {
          end = (outcome) =>
            outcome === 'in-time' ? resolve() : reject(outcome === 'late' ? late : ownError)
        })
      circuit.fire(request).catch(() => {})
      if (end) return { refusal: undefined, end }
      // An open circuit does not call `request`.
      return {
        refusal: new ProblemError(paymentUnavailable, retryAfter(halfOpenAt - performance.now())),
        end() {},
      }
    },
  }
}

const isLate = (error: unknown) => error === late || CircuitBreaker.isOurError(error as Error)

/** @returns counts a request by its outcome */
function measure(metrics: Metrics, state: () => State): (outcome: string) => void {
  new Gauge({
    name: 'payment_breaker_state',
    help: '1 for the current state of the breaker, 0 for the others',
    labelNames: ['state'],
    registers: [metrics],
    collect() {
      for (const each of states) this.set({ state: each }, each === state() ? 1 : 0)
    },
  })
  const calls = new Counter({
    name: 'payment_breaker_calls_total',
    help: 'Requests that insist on their payment, by outcome',
    labelNames: ['outcome'],
    registers: [metrics],
  })
  return (outcome) => calls.inc({ outcome })
}

const paymentUnavailable: Problem = {
  status: 503,
  code: 'payment-unavailable',
  title: 'Payments are too slow at the moment; no order was placed',
}

const retryAfter = (waitMs: number) => ({ 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) })
