// Runs in a pod: places orders through the gateway, follows each to its end, and prints the outcome as one line of JSON.
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '@saucery/bench/report/statistics'
import { isFinal, type Status } from '@saucery/contracts/status'
import { answers, latencies, plan, pollUntilDeadline, postUntilFinal, read } from './order-client.ts'
import type { TrafficOutcome, TrafficPlan } from './traffic.ts'

const { orders, perSecond, price, fates } = plan
type Fate = TrafficPlan['fates'][number]

interface View {
  readonly status: Status
  readonly payment?: { readonly status: string }
  readonly timeline: readonly { readonly id: string; readonly event: string }[]
}

// A report of the courier is a 404 until the delivery has started.
const act: Record<Fate, (id: string) => Promise<unknown>> = {
  complete: (id) => postUntilFinal(`/deliveries/${id}/complete`, undefined, [404]),
  fail: (id) => postUntilFinal(`/deliveries/${id}/fail`, undefined, [404]),
  cancel: (id) => postUntilFinal(`/orders/${id}/cancel`),
  leave: async () => {},
}

const endOf: Partial<Record<Fate, Status>> = { complete: 'DELIVERED', fail: 'FAILED', cancel: 'CANCELLED' }

interface Placed {
  readonly id: string
  readonly fate: Fate
}

async function placeOne(i: number): Promise<Placed | undefined> {
  await sleep((i * 1000) / perSecond)
  const order = { branchId: String(i % 7), sauceId: String(i % 5), qty: 1, price }
  const answer = await postUntilFinal('/orders', order)
  if (answer?.status !== 201) return undefined
  const { id } = (await answer.json()) as { id: string }
  const fate = fates[i % fates.length] ?? 'leave'
  await act[fate](id)
  return { id, fate }
}

/** Where the services disagree about the order, or its end does not fit; undefined where everything is right. */
async function faultOf({ id, fate }: Placed, view: View): Promise<string | undefined> {
  const order = await pollUntilDeadline(() => read<{ status: string }>(`/orders/${id}`))
  const payment = await pollUntilDeadline(() => read<{ status: string }>(`/payments/${id}`))
  if (order?.status !== view.status) return `${id}: order ${order?.status}, dashboard ${view.status}`
  if (payment?.status !== view.payment?.status)
    return `${id}: payment ${payment?.status}, dashboard ${view.payment?.status}`
  if (view.status !== (endOf[fate] ?? view.status)) return `${id}: expected ${fate}, but is ${view.status}`
  if ((view.status === 'DELIVERED') !== (payment?.status === 'APPROVED'))
    return `${id}: ${view.status} with the payment ${payment?.status}`
  const names = view.timeline.map(({ event }) => event)
  if (new Set(names).size !== names.length) return `${id}: published twice: ${names.join(' ')}`
  return undefined
}

interface Ended {
  readonly view: View
  readonly fault: string | undefined
}

/**
 * The ended order with its fault. A fault is checked again until the deadline: an event may still be in flight, and a
 * refund that is consumed before its reason shows CANCELLED where the order becomes FAILED.
 */
async function follow(placed: Placed): Promise<Ended | undefined> {
  let ended: Ended | undefined
  await pollUntilDeadline(async () => {
    const view = await read<View>(`/orderDashboards/${placed.id}`)
    if (!view || !isFinal(view.status)) return undefined
    ended = { view, fault: await faultOf(placed, view) }
    return ended.fault === undefined ? ended : undefined
  })
  return ended
}

const placed = await Promise.all(Array.from({ length: orders }, (_, i) => placeOne(i)))
const accepted = placed.filter((it) => it !== undefined)
const byStatus: Record<string, number> = {}
const unfinished: string[] = []
const wrong: string[] = []
for (const order of accepted) {
  const ended = await follow(order)
  if (!ended) unfinished.push(order.id)
  else {
    const { view, fault } = ended
    byStatus[view.status] = (byStatus[view.status] ?? 0) + 1
    if (fault) wrong.push(fault)
  }
}
const outcome: TrafficOutcome = {
  orders,
  accepted: accepted.length,
  answers,
  ends: byStatus,
  unfinished,
  wrong,
  p50Ms: Math.round(percentile(latencies, 0.5)),
  p99Ms: Math.round(percentile(latencies, 0.99)),
}
process.stdout.write(`${JSON.stringify(outcome)}\n`)
