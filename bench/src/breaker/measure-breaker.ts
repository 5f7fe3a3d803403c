import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@saucery/client/client'
import { CallRefused } from '@saucery/client/errors'
import { benchOrder, inParallel } from '../load/load.ts'

export interface BreakerPlan {
  /** Clients that insist on their payment (`PAYMENT_MODE=sync`), each with one order at a time. */
  readonly strictClients: number
  /** Mean pause of a strict client, by whether its order was refused with 503. */
  readonly pauseMs: { readonly paid: number; readonly refused: number }
  /** Orders beside them that do not wait for their payment: `warmUp` unmeasured ones, then `aloneMs` without the others. */
  readonly asyncOrders?: { readonly everyMs: number; readonly warmUp: number; readonly aloneMs: number }
  readonly togetherMs: number
}

export type BreakerRun = Awaited<ReturnType<typeof measureBreaker>>
export type OrderAnswer = Awaited<ReturnType<typeof place>>

/**
 * Places orders through the circuit breaker, and watches its state at the order service's management URL. All times are on the
 * performance clock.
 */
export async function measureBreaker(
  orders: Client,
  orderManagement: string,
  { strictClients, pauseMs, asyncOrders, togetherMs }: BreakerPlan,
  say: (text: string) => void,
) {
  const { warmUp = 0, aloneMs = 0 } = asyncOrders ?? {}
  if (warmUp > 0) say(`Warming up with ${warmUp} orders that do not wait for their payment`)
  for (let left = warmUp; left > 0; left -= 20) await inParallel(20, () => place(orders, 'async'))

  if (aloneMs > 0) say(`Orders that do not wait for their payment, alone for ${aloneMs / 1000} s`)
  const startedAt = performance.now()
  const until = startedAt + aloneMs + togetherMs
  const placingAsync = asyncOrders ? placeAtRate(orders, asyncOrders.everyMs, until) : Promise.resolve([])
  await Promise.race([placingAsync, sleep(aloneMs)])

  say(`${strictClients} clients that insist on their payment, for ${togetherMs / 1000} s`)
  const strictFrom = performance.now()
  const strictUntil = strictFrom + togetherMs
  const [states, strict, others] = await Promise.all([
    watchBreaker(`${orderManagement}/readyz`, strictUntil),
    inParallel(strictClients, () => placeInTurn(orders, pauseMs, strictUntil)),
    placingAsync,
  ])
  return { answers: [...strict.flat(), ...others], states, startedAt, strictFrom, endedAt: performance.now() }
}

/** `outcome` is the order's status, or the problem's code; `at` is when the answer came. */
async function place(orders: Client, kind: 'strict' | 'async') {
  const sentAt = performance.now()
  const prefer = kind === 'async' ? 'respond-async' : undefined
  const answer = await orders.post('/orders', { body: benchOrder, header: { prefer } }).then(
    ({ status, data }) => ({ http: status, outcome: data.status as string }),
    (error: unknown) => {
      if (error instanceof CallRefused) return { http: error.status, outcome: error.code }
      throw error
    },
  )
  const at = performance.now()
  return { kind, ...answer, at, ms: at - sentAt }
}

async function placeInTurn(orders: Client, pauseMs: BreakerPlan['pauseMs'], until: number) {
  const answers: OrderAnswer[] = []
  while (performance.now() < until) {
    const answer = await place(orders, 'strict')
    answers.push(answer)
    const pause = answer.http === 503 ? pauseMs.refused : pauseMs.paid
    // Randomized, so that the clients do not come in step.
    if (pause > 0) await sleep(pause * (0.5 + Math.random()))
  }
  return answers
}

async function placeAtRate(orders: Client, everyMs: number, until: number): Promise<OrderAnswer[]> {
  const placing: Promise<OrderAnswer>[] = []
  for (; performance.now() < until; await sleep(everyMs)) {
    const placed = place(orders, 'async')
    // Awaited below. Unhandled until then, a failure would end the process while the system stops.
    placed.catch(() => {})
    placing.push(placed)
  }
  return Promise.all(placing)
}

const WATCH_EVERY_MS = 20

/** The breaker's states (`closed`, `open`, `half-open`), each with the time when it was first seen. */
async function watchBreaker(readiness: string, until: number) {
  const states: { state: string; at: number }[] = []
  for (; performance.now() < until; await sleep(WATCH_EVERY_MS)) {
    const { details } = (await (await fetch(readiness)).json()) as { details: { paymentBreaker: string } }
    const state = details.paymentBreaker
    if (states.at(-1)?.state !== state) states.push({ state, at: performance.now() })
  }
  return states
}
