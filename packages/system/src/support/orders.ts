import { setTimeout as delay } from 'node:timers/promises'
import { type Client, openClient } from '@saucery/client/client'
import { whileTransient } from '@saucery/client/retry'
import { type Scenario, scenarios, type Until } from '@saucery/client/scenarios'
import { eventually } from '@saucery/messaging/testing/eventually'

const timeoutMs = 10_000
const actWithinMs = 60_000
const pollMs = 300

/** Sends each call once. */
export const hastyClient = (url: string): Client => openClient({ url, timeoutMs, retry: {} })

/** Sends a POST again for a minute, as long as its failure may pass. */
export const patientClient = (url: string): Client =>
  openClient({ url, timeoutMs, retry: { post: whileTransient(actWithinMs, pollMs) } })

/** @returns the order's id */
export async function tryToPlace(client: Client, price = 10_000): Promise<string> {
  const body = { branchId: 1, sauceId: 1, qty: 1, price }
  return (await client.post('/orders', { body })).data.id
}

type Fate = Pick<Scenario, 'order' | 'act'>
const { order } = scenarios.delivered

const left: Fate = { order, async act() {} }

/** What becomes of an order, each as likely as the others. Their number and order belong to the seeds of old runs. */
const fates: readonly Fate[] = [
  scenarios['cancelled at once'],
  {
    order,
    async act(client, id, until) {
      await delay(1500)
      await scenarios['cancelled at once'].act(client, id, until)
    },
  },
  scenarios.delivered,
  scenarios.failed,
  {
    order,
    async act(client, id) {
      const path = { id }
      // Before the delivery has started, the cancel would always win.
      await eventually(() => client.get('/deliveries/{id}', { path }), actWithinMs, pollMs)
      await Promise.allSettled([
        client.post('/deliveries/{id}/complete', { path }),
        client.post('/orders/{id}/cancel', { path }),
      ])
    },
  },
  scenarios.declined,
  left,
]

/**
 * Places orders at an even pace, whether or not they are answered, and sends each to a fate.
 * @returns the ids of those that were answered with 201, and the number of the others: each may exist or not
 */
export async function placeOrdersEvenly(
  url: string,
  { orders, withinMs, random }: { orders: number; withinMs: number; random: () => number },
) {
  const chosen = Array.from({ length: orders }, () => fates[Math.floor(random() * fates.length)] ?? left)
  const [hasty, patient] = [hastyClient(url), patientClient(url)]
  const ids = await Promise.all(
    chosen.map(async (fate, i) => {
      await delay((i * withinMs) / orders)
      const placed = await hasty.post('/orders', { body: fate.order }).catch(() => undefined)
      if (placed?.status !== 201) return undefined
      const { id } = placed.data
      // An action that is refused, or takes too long, is given up: the rows show whether that is a fault.
      await fate.act(patient, id, untilViewOf(hasty, id)).catch(() => {})
      return id
    }),
  )
  const accepted = ids.filter((id) => id !== undefined)
  return { accepted, unanswered: orders - accepted.length }
}

const untilViewOf =
  (client: Client, id: string): Until =>
  (holds) =>
    eventually(
      async () => {
        const view = await client.get('/orderDashboards/{id}', { path: { id } })
        if (holds(view)) return view
        throw new Error(`${id} is only ${view.status}`)
      },
      actWithinMs,
      pollMs,
    )
