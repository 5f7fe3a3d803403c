import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadClient } from '../load/http.ts'
import { inParallel } from '../load/load.ts'

export interface BreakerPlan {
  /** Clients that insist on their payment (`PAYMENT_MODE=sync`), each with one order at a time. */
  readonly strictClients: number
  /** Mean pause of a strict client, by whether its order was refused with 503. */
  readonly pauseMs: { readonly paid: number; readonly refused: number }
  /** Orders beside them that do not wait for their payment. */
  readonly asyncOrders?: AsyncOrders
  readonly togetherMs: number
}

interface AsyncOrders {
  readonly everyMs: number
  /** Placed before anything is measured. */
  readonly warmUp: number
  /** How long they have the system to themselves. */
  readonly aloneMs: number
}

export interface OrderAnswer {
  readonly kind: 'strict' | 'async'
  readonly http: number
  /** The order's status, or the problem's code. */
  readonly outcome: string
  /** When the answer came, on the performance clock. */
  readonly at: number
  readonly ms: number
}

export interface BreakerRun {
  readonly answers: readonly OrderAnswer[]
  /** The breaker's states, each with the time when it was first seen. */
  readonly states: readonly { readonly state: string; readonly at: number }[]
  readonly startedAt: number
  readonly strictFrom: number
  readonly endedAt: number
}

const WATCH_EVERY_MS = 20

/** Places orders through the circuit breaker, and watches its state. */
export async function measureBreaker(
  client: LoadClient,
  { strictClients, pauseMs, asyncOrders, togetherMs }: BreakerPlan,
  say: (text: string) => void,
): Promise<BreakerRun> {
  const { warmUp = 0, aloneMs = 0 } = asyncOrders ?? {}
  if (warmUp > 0) say(`Warming up with ${warmUp} orders that do not wait for their payment`)
  for (let left = warmUp; left > 0; left -= 20) await inParallel(20, () => place(client, 'async'))

  if (aloneMs > 0) say(`Orders that do not wait for their payment, alone for ${aloneMs / 1000} s`)
  const startedAt = performance.now()
  const until = startedAt + aloneMs + togetherMs
  const placingAsync = asyncOrders ? placeAtRate(client, asyncOrders.everyMs, until) : Promise.resolve([])
  await Promise.race([placingAsync, sleep(aloneMs)])

  say(`${strictClients} clients that insist on their payment, for ${togetherMs / 1000} s`)
  const strictFrom = performance.now()
  const strictUntil = strictFrom + togetherMs
  const [states, strict, others] = await Promise.all([
    watchBreaker(client, strictUntil),
    inParallel(strictClients, () => placeInTurn(client, pauseMs, strictUntil)),
    placingAsync,
  ])
  return { answers: [...strict.flat(), ...others], states, startedAt, strictFrom, endedAt: performance.now() }
}

async function place(client: LoadClient, kind: OrderAnswer['kind']): Promise<OrderAnswer> {
  const sentAt = performance.now()
  const { http, text } = await client.post(kind === 'async' ? 'respond-async' : '')
  const at = performance.now()
  const { status, code } = JSON.parse(text)
  return { kind, outcome: code ?? status, http, at, ms: at - sentAt }
}

async function placeInTurn(client: LoadClient, pauseMs: BreakerPlan['pauseMs'], until: number) {
  const answers: OrderAnswer[] = []
  while (performance.now() < until) {
    const answer = await place(client, 'strict')
    answers.push(answer)
    const pause = answer.http === 503 ? pauseMs.refused : pauseMs.paid
    // Randomized, so that the clients do not come in step.
    if (pause > 0) await sleep(pause * (0.5 + Math.random()))
  }
  return answers
}

async function placeAtRate(client: LoadClient, everyMs: number, until: number): Promise<OrderAnswer[]> {
  const placing: Promise<OrderAnswer>[] = []
  for (; performance.now() < until; await sleep(everyMs)) {
    const order = place(client, 'async')
    // Awaited below. Unhandled until then, a failure would end the process while the system stops.
    order.catch(() => {})
    placing.push(order)
  }
  return Promise.all(placing)
}

async function watchBreaker(client: LoadClient, until: number) {
  const states: { state: string; at: number }[] = []
  for (; performance.now() < until; await sleep(WATCH_EVERY_MS)) {
    const state = await client.breakerState()
    if (states.at(-1)?.state !== state) states.push({ state, at: performance.now() })
  }
  return states
}
