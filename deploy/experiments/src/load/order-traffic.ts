// Runs in a pod: places orders through the gateway, sees each through, and prints what became of them as one line
// of JSON.
import { setTimeout as sleep } from 'node:timers/promises'
import { isFinal, type Status } from '@saucery/contracts/status'
import { answers, insist, latencies, plan, read, until } from './order-client.ts'
import type { Outcome, Plan } from './traffic.ts'

const { orders, perSecond, price, fates } = plan

interface View {
  readonly status: Status
  readonly payment?: { readonly status: string }
  readonly timeline: readonly { readonly id: string; readonly event: string }[]
}

// Until the courier has the parcel, a report of it is a 404.
const fulfil: Record<Plan['fates'][number], (id: string) => Promise<unknown>> = {
  complete: (id) => insist(`/deliveries/${id}/complete`, undefined, [404]),
  fail: (id) => insist(`/deliveries/${id}/fail`, undefined, [404]),
  cancel: (id) => insist(`/orders/${id}/cancel`),
  leave: async () => {},
}

const ends: Record<Plan['fates'][number], Status | undefined> = {
  complete: 'DELIVERED',
  fail: 'FAILED',
  cancel: 'CANCELLED',
  leave: undefined,
}

interface Placed {
  readonly id: string
  readonly fate: Plan['fates'][number]
}

async function placeOne(i: number): Promise<Placed | undefined> {
  await sleep((i * 1000) / perSecond)
  const order = { branchId: String(i % 7), sauceId: String(i % 5), qty: 1, price }
  const answer = await insist('/orders', order)
  if (answer?.status !== 201) return undefined
  const { id } = (await answer.json()) as { id: string }
  const fate = fates[i % fates.length] ?? 'leave'
  await fulfil[fate](id)
  return { id, fate }
}

const ended = (id: string): Promise<View | undefined> =>
  until(async () => {
    const view = await read<View>(`/orderDashboards/${id}`)
    return view && isFinal(view.status) ? view : undefined
  })

/** What is wrong with the order's story; undefined when nothing is. */
async function wrongWith({ id, fate }: Placed, view: View): Promise<string | undefined> {
  const order = await until(() => read<{ status: string }>(`/orders/${id}`))
  const payment = await until(() => read<{ status: string }>(`/payments/${id}`))
  if (order?.status !== view.status) return `${id}: order ${order?.status}, dashboard ${view.status}`
  if (payment?.status !== view.payment?.status)
    return `${id}: payment ${payment?.status}, dashboard ${view.payment?.status}`
  if (view.status !== (ends[fate] ?? view.status)) return `${id}: was to ${fate}, but is ${view.status}`
  if ((view.status === 'DELIVERED') !== (payment?.status === 'APPROVED'))
    return `${id}: ${view.status} with the payment ${payment?.status}`
  const names = view.timeline.map(({ event }) => event)
  if (new Set(names).size !== names.length) return `${id}: said twice: ${names.join(' ')}`
  return undefined
}

interface Story {
  readonly view: View
  readonly fault: string | undefined
}

/**
 * The order when it has ended, and what is wrong with its story. It is looked at again when something is: an event may
 * still be on its way, and a refund that is heard before its reason makes CANCELLED of what becomes FAILED.
 */
async function storyOf(placed: Placed): Promise<Story | undefined> {
  for (let story: Story | undefined; ; await sleep(500)) {
    const view = await ended(placed.id)
    if (!view) return story
    story = { view, fault: await wrongWith(placed, view) }
    if (!story.fault) return story
  }
}

const placed = await Promise.all(Array.from({ length: orders }, (_, i) => placeOne(i)))
const accepted = placed.filter((it) => it !== undefined)
const byStatus: Record<string, number> = {}
const unfinished: string[] = []
const wrong: string[] = []
for (const order of accepted) {
  const story = await storyOf(order)
  if (!story) unfinished.push(order.id)
  else {
    const { view, fault } = story
    byStatus[view.status] = (byStatus[view.status] ?? 0) + 1
    if (fault) wrong.push(fault)
  }
}
latencies.sort((a, b) => a - b)
const quantile = (q: number) => Math.round(latencies[Math.floor((latencies.length - 1) * q)] ?? 0)
const outcome: Outcome = {
  orders,
  accepted: accepted.length,
  answers,
  ends: byStatus,
  unfinished,
  wrong,
  p50Ms: quantile(0.5),
  p99Ms: quantile(0.99),
}
process.stdout.write(`${JSON.stringify(outcome)}\n`)
