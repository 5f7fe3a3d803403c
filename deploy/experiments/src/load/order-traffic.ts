// Runs in a pod: places orders through the gateway, follows each to its end, and prints the outcome as one line of JSON.
import { setTimeout as sleep } from 'node:timers/promises'
import { poll, waitFor } from '@saucery/bench/load/poll'
import { percentile } from '@saucery/bench/report/statistics'
import { type Fetch, openClient } from '@saucery/client/client'
import { ifFound, Unreachable } from '@saucery/client/errors'
import { isTransient } from '@saucery/client/retry'
import { type ScenarioName, scenarios, type Until } from '@saucery/client/scenarios'
import type { OrderRequest, OrderView } from '@saucery/client/schemas'
import { isFinal } from '@saucery/contracts/status'
import { brokenPromises } from '@saucery/system/model/invariants'
import { storyOfAnswers } from './story.ts'

/** Orders to place through the gateway and to follow to their ends. */
export interface TrafficPlan {
  readonly orders: number
  readonly perSecond: number
  /** What differs from the scenarios' orders. */
  readonly order: Partial<OrderRequest>
  /** How the orders go, in turn. Nothing is done with one that is left. */
  readonly fates: readonly (ScenarioName | 'left')[]
  /** Time after the last order within which every order must have ended. */
  readonly patienceS: number
}

export type TrafficOutcome = typeof outcome

const { GATEWAY = '', TOKEN, PLAN = '' } = process.env
const plan: TrafficPlan = JSON.parse(PLAN)

const isReached = () =>
  fetch(`${GATEWAY}/`).then(
    ({ ok }) => ok,
    () => false,
  )
// Where NetworkPolicies are enforced, a new pod may connect a few seconds after its start.
await waitFor('an answer of the gateway', isReached, { everyMs: 200, withinMs: 60_000 })

const givenUpAt = Date.now() + (plan.orders / plan.perSecond + plan.patienceS) * 1000

/** Answers to `POST /orders` by HTTP status. */
const answers: Record<string, number> = {}
/** Of the answers to `POST /orders` that were not asked for again, in ms. */
const latencies: number[] = []

/** Every other request that got no answer, or one of the server's own fault. */
const failures: Record<string, number> = {}

/** Counts each attempt to place an order, and the failures of all other requests. */
const counting: Fetch = async (url, init) => {
  const isOrder = init.method === 'POST' && url.endsWith('/orders')
  const counts = isOrder ? answers : failures
  const count = (answer: number | string) => {
    counts[answer] = (counts[answer] ?? 0) + 1
  }
  const sentAt = performance.now()
  try {
    const answer = await fetch(url, init)
    const { status } = answer
    if (isOrder || status >= 500) count(status)
    if (isOrder && status < 500 && status !== 429) latencies.push(performance.now() - sentAt)
    return answer
  } catch (error) {
    count(`no answer (${new Unreachable(error).reason})`)
    throw error
  }
}

// Repeats a failed request with the same Idempotency-Key, as a real client should.
const client = openClient({
  url: GATEWAY,
  token: TOKEN || undefined,
  timeoutMs: 15_000,
  fetch: counting,
  retry: { post: (error) => (Date.now() < givenUpAt && isTransient(error) ? 250 : undefined) },
})

/** Reads until the result is right; undefined when time is up. */
const readUntil = <T>(read: () => Promise<T | undefined>, isRight: (found: T) => boolean = () => true) =>
  poll(
    async () => {
      const found = await read().catch(() => undefined)
      return found !== undefined && isRight(found) && found
    },
    { everyMs: 500, withinMs: givenUpAt - Date.now() },
  )

const viewOf = (id: string) => client.get('/orderDashboards/{id}', { path: { id } })

type Placed = NonNullable<Awaited<ReturnType<typeof placeOne>>>

async function placeOne(i: number) {
  const fate = plan.fates[i % plan.fates.length] ?? 'left'
  const { order, act } = fate === 'left' ? { order: scenarios.delivered.order } : scenarios[fate]
  await sleep((i * 1000) / plan.perSecond)
  const body = { ...order, branchId: String(i % 7), sauceId: String(i % 5), ...plan.order }
  const answer = await client.post('/orders', { body }).catch(() => undefined)
  if (answer?.status !== 201) return undefined
  const { id } = answer.data
  const until: Until = async (holds) => {
    const view = await readUntil(() => viewOf(id), holds)
    if (!view) throw new Error('time is up')
    return view
  }
  // The order's end shows whether that was done.
  await act?.(client, id, until).catch(() => {})
  return { id, fate }
}

/** The first promise that the order breaks, or that its end does not fit; undefined where everything is right. */
async function faultOf({ id, fate }: Placed, view: OrderView): Promise<string | undefined> {
  const path = { id }
  const answers = await readUntil(async () => ({
    order: await ifFound(client.get('/orders/{id}', { path })),
    payment: await ifFound(client.get('/payments/{id}', { path })),
    delivery: await ifFound(client.get('/deliveries/{id}', { path })),
  }))
  if (!answers) return `${id}: no answer of the services`
  if (fate !== 'left' && view.status !== scenarios[fate].expected)
    return `${id}: expected ${fate}, but is ${view.status}`
  const story = storyOfAnswers({ ...answers, view })
  const [broken] = brokenPromises(story, true)
  return broken && `${id}: "${broken}" is not true of ${JSON.stringify(story)}`
}

/**
 * The ended order with its fault. A fault is checked again until the deadline: an event may still be in flight, and a
 * refund that is consumed before its reason shows CANCELLED where the order becomes FAILED.
 */
async function follow(placed: Placed) {
  let ended: { view: OrderView; fault: string | undefined } | undefined
  const look = async () => {
    const view = await viewOf(placed.id)
    if (isFinal(view.status)) ended = { view, fault: await faultOf(placed, view) }
    return ended
  }
  await readUntil(look, ({ fault }) => fault === undefined)
  return ended
}

const placed = await Promise.all(Array.from({ length: plan.orders }, (_, i) => placeOne(i)))
const accepted = placed.filter((it) => it !== undefined)
/** Ended orders by status. */
const ends: Record<string, number> = {}
const unfinished: string[] = []
/** Orders that break a promise, or whose end does not fit; each with the reason. */
const wrong: string[] = []
for (const order of accepted) {
  const ended = await follow(order)
  if (!ended) unfinished.push(order.id)
  else {
    const { view, fault } = ended
    ends[view.status] = (ends[view.status] ?? 0) + 1
    if (fault) wrong.push(fault)
  }
}
const outcome = {
  orders: plan.orders,
  /** Answered with 201, at the first or a later attempt. */
  accepted: accepted.length,
  answers,
  failures,
  ends,
  unfinished,
  wrong,
  p50Ms: Math.round(percentile(latencies, 0.5)),
  p99Ms: Math.round(percentile(latencies, 0.99)),
}
process.stdout.write(`${JSON.stringify(outcome)}\n`)
