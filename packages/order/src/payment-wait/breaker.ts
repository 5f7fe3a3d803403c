import { ProblemError } from '@saucery/chassis/http/problem'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import CircuitBreaker from 'opossum'
import { Counter, Gauge } from 'prom-client'
import type { PaymentWaitSettings } from '../settings.ts'

const states = ['closed', 'half-open', 'open'] as const
type State = (typeof states)[number]

/** Stands around the calls that must wait for a payment; each replica has its own. */
export interface Breaker {
  /**
   * Runs the call, and counts it: what takes too long is a failure at that moment, though the call may go on.
   * @param isInTime whether the result is what was waited for
   * @throws ProblemError at once while it is open; then the call is not run
   */
  guard<T>(call: () => Promise<T>, isInTime: (result: T) => boolean): Promise<T>
  state(): State
}

interface Options {
  readonly settings: PaymentWaitSettings
  readonly metrics: Metrics
  readonly log: Log
}

const tooLate = new Error('the payment did not come in time')

export function openBreaker({ settings, metrics, log }: Options): Breaker {
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
    // An error of our own says nothing of payment: it must not open the circuit, and not close it either.
    errorFilter: (error) => circuit.closed && error !== tooLate && !CircuitBreaker.isOurError(error),
  })
  const count = measure(metrics, () => state)
  circuit.on('success', (result: unknown) => count(result instanceof Error ? 'error' : 'in-time'))
  circuit.on('failure', (error) =>
    count(error === tooLate || CircuitBreaker.isOurError(error) ? 'late' : 'error'),
  )
  circuit.on('reject', () => count('rejected'))

  function become(next: State): void {
    state = next
    const { failures, fires } = circuit.stats
    const fields = { state, failures, calls: fires }
    if (next === 'open') log.warn(fields, 'payment breaker changed')
    else log.info(fields, 'payment breaker changed')
  }
  circuit.on('open', () => {
    halfOpenAt = Date.now() + settings.PAYMENT_BREAKER_RESET_MS
    become('open')
  })
  circuit.on('halfOpen', () => become('half-open'))
  circuit.on('close', () => become('closed'))

  return {
    state: () => state,
    async guard(call, isInTime) {
      let running: ReturnType<typeof call> | undefined
      const counted = circuit.fire(async () => {
        running = call()
        if (!isInTime(await running)) throw tooLate
      })
      await counted.catch(() => {})
      if (!running) throw unavailable(halfOpenAt - Date.now())
      return running
    },
  }
}

/** @returns what counts a call by what became of it */
function measure(metrics: Metrics, state: () => State): (outcome: string) => void {
  new Gauge({
    name: 'payment_breaker_state',
    help: '1 for the state that the breaker is in',
    labelNames: ['state'],
    registers: [metrics],
    collect() {
      for (const each of states) this.set({ state: each }, each === state() ? 1 : 0)
    },
  })
  const calls = new Counter({
    name: 'payment_breaker_calls_total',
    help: 'Calls that must wait for a payment, by what became of them',
    labelNames: ['outcome'],
    registers: [metrics],
  })
  return (outcome) => calls.inc({ outcome })
}

const unavailable = (waitMs: number) =>
  new ProblemError(
    {
      status: 503,
      code: 'payment-unavailable',
      title: 'Payments take too long at present; nothing was placed',
    },
    { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  )
