import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@saucery/client/client'
import { ifFound, Unreachable } from '@saucery/client/errors'
import { isTransient } from '@saucery/client/retry'
import { type ScenarioName, scenarios, type Until } from '@saucery/client/scenarios'
import type { OrderView, TimelineEntry } from '@saucery/client/schemas'
import { isFinal } from '@saucery/contracts/status'

/** How an order ended that was to go the scenario's way. */
export interface ScenarioOutcome {
  readonly name: ScenarioName
  readonly orderId: string
  /** As last seen. */
  readonly view: OrderView | undefined
  /** Why it ended in another way. */
  readonly failure?: string
}

/** From the placing to the final status. */
const LIMIT_MS = 30_000
const POLL_MS = 50

interface Observer {
  onPlaced?(orderId: string): void
  /** Called once for each event, with the view that first has it. */
  onEvent?(entry: TimelineEntry, view: OrderView): void
}

/**
 * Sends one order the scenario's way, until it is final or its time is over.
 * @throws Unreachable
 */
export async function runScenario(
  name: ScenarioName,
  client: Client,
  { onPlaced, onEvent }: Observer = {},
): Promise<ScenarioOutcome> {
  const { order, act } = scenarios[name]
  const { id } = (await client.post('/orders', { body: order })).data
  onPlaced?.(id)
  const deadline = performance.now() + LIMIT_MS
  const seen = new Set<string>()
  let view: OrderView | undefined

  const until: Until = async (holds) => {
    for (;;) {
      view = (await findView(client, id)) ?? view
      for (const entry of view?.timeline ?? []) {
        if (view && !seen.has(entry.id)) onEvent?.(entry, view)
        seen.add(entry.id)
      }
      if (view && holds(view)) return view
      if (performance.now() > deadline) throw new Error(`not there after ${LIMIT_MS / 1000} s`)
      await sleep(POLL_MS)
    }
  }

  const failures: unknown[] = []
  const fail = (error: unknown) => {
    if (error instanceof Unreachable) throw error
    failures.push(error)
  }
  await act(client, id, until).catch(fail)
  await until(({ status }) => isFinal(status)).catch(fail)
  const [failure] = failures
  return { name, orderId: id, view, ...(failure instanceof Error && { failure: failure.message }) }
}

/** Undefined until the dashboard has the order, and while the dashboard is away. */
async function findView(client: Client, id: string): Promise<OrderView | undefined> {
  try {
    return await ifFound(client.get('/orderDashboards/{id}', { path: { id } }))
  } catch (error) {
    if (error instanceof Unreachable || !isTransient(error)) throw error
    return undefined
  }
}

export const endedAsExpected = ({ name, view }: ScenarioOutcome): boolean =>
  view?.status === scenarios[name].expected

/** An automatic courier may have delivered what was to be cancelled or to fail. */
export const deliveredByItself = ({ view }: ScenarioOutcome): boolean =>
  view?.timeline.some(({ event, cause }) => event === 'DeliveryCompleted' && cause === 'automatic-courier') ??
  false

/** A call that each service answers from its database. */
const lists = {
  order: '/orders',
  payment: '/payments',
  delivery: '/deliveries',
  dashboard: '/orderDashboards',
}

/**
 * Asks each service through the gateway for a list.
 * @returns the names of those that cannot answer
 * @throws Unreachable
 */
export async function unreadyServices(url: string): Promise<string[]> {
  const signal = AbortSignal.timeout(10_000)
  const asked = Object.entries(lists).map(async ([name, path]) => {
    const { status } = await fetch(new URL(`${path}?limit=1`, url), { signal }).catch((cause) => {
      throw new Unreachable(cause)
    })
    return status >= 500 ? [name] : []
  })
  return (await Promise.all(asked)).flat()
}
