import { type AnyFact, events } from '@saucery/contracts/choreography'
import { projectionVersion } from '@saucery/contracts/projection-durables'
import { v7 as uuidv7 } from 'uuid'
import type { ViewStore } from '../store/view-store.ts'
import type { Addition } from '../store/view-writer.ts'
import type { TimelineEntry } from '../view/order-json.ts'
import { entryOf, mergeTimeline, type OrderView, viewOf } from '../view/order-view.ts'

export const allNames = events.map(({ event }) => event)

/** Each deadline differs from the others, and all are short. */
export const deadlines = { OVERDUE_AFTER_MS: 1000, PAYMENT_DEADLINE_MS: 2000, DELIVERY_DEADLINE_MS: 3000 }

/** Facts of these names about an order, with the examples' data; of all eleven without names. */
export function factsAbout(orderId: string, names: readonly AnyFact['name'][] = allNames): AnyFact[] {
  return names.map((name) => {
    const type = events.find(({ event }) => event === name)
    return type?.({ ...type.example, orderId } as never) as AnyFact
  })
}

/** Entries of these names, each published once, one millisecond after another. */
export function story(orderId: string, names?: readonly AnyFact['name'][]): TimelineEntry[] {
  return factsAbout(orderId, names).map((fact, i) =>
    entryOf({
      ...fact,
      id: uuidv7(),
      time: new Date(Date.UTC(2026, 0, 1) + i).toISOString(),
      causationId: 'a-test',
      traceparent: '',
      stream: String(fact.subject.split('.')[0]).toUpperCase(),
      sequence: i + 10,
      deliveries: 1,
    }),
  )
}

/** All of an order's events. */
export const additionsFor = (orderId: string, names?: readonly AnyFact['name'][]): Addition[] =>
  story(orderId, names).map((entry) => ({ orderId, entry }))

/**
 * Adds a new order with these events to the views.
 * @param change replaces fields of each entry
 * @returns the order's id
 */
export async function addStory(
  views: Pick<ViewStore, 'add'>,
  names: readonly AnyFact['name'][],
  change: (entry: TimelineEntry) => Partial<TimelineEntry> = () => ({}),
): Promise<string> {
  const orderId = uuidv7()
  for (const entry of story(orderId, names))
    await views.add({ orderId, entry: { ...entry, ...change(entry) } })
  return orderId
}

/** What the view must be, in whatever way the additions came. */
export function expected(orderId: string, additions: readonly Addition[]): OrderView {
  const entries = additions.filter((addition) => addition.orderId === orderId).map(({ entry }) => entry)
  return { ...viewOf(orderId, mergeTimeline([], entries)), projection: projectionVersion }
}
