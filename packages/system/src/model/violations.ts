import type { Status } from '@saucery/contracts/status'
import { brokenPromises, type Story } from './invariants.ts'

/** What the four databases and the streams of a running system hold, once nothing is in flight. */
export interface Rows {
  /** The orders that were answered with 201. */
  readonly accepted: readonly string[]
  readonly orders: readonly { orderId: string; status: Status }[]
  readonly payments: readonly { orderId: string; status: string }[]
  /** The books of the simulated provider. */
  readonly charges: readonly { orderId: string; declined: string | null; refunds: number }[]
  readonly deliveries: readonly { orderId: string; status: string }[]
  readonly views: readonly (NonNullable<Story['dashboard']> & { orderId: string })[]
  /** The names of the events that the streams hold of each order. */
  readonly published: readonly { orderId: string; events: readonly string[] }[]
  /** Outbox rows that were never published. */
  readonly unpublished: number
  readonly deadLetters: number
}

/** Every promise that the rows break, a sentence each; `[]` when all four services tell the same fair story. */
export function violations(rows: Rows): string[] {
  const stories = storiesOf(rows)
  return [
    ...rows.accepted.filter((id) => !stories.has(id)).map((id) => `order ${id} was accepted and is lost`),
    ...[...stories].flatMap(([id, story]) =>
      brokenPromises(story, true).map((promise) => `"${promise}" is not true of ${id}: ${describe(story)}`),
    ),
    ...(rows.unpublished > 0 ? [`${rows.unpublished} events were never published`] : []),
    ...(rows.deadLetters > 0 ? [`${rows.deadLetters} messages are dead letters`] : []),
  ]
}

function storiesOf(rows: Rows): Map<string, Story> {
  const orders = byOrder(rows.orders)
  const payments = byOrder(rows.payments)
  const charges = byOrder(rows.charges)
  const deliveries = byOrder(rows.deliveries)
  const views = byOrder(rows.views)
  const published = byOrder(rows.published)
  const ids = [orders, payments, charges, deliveries, views, published].flatMap((part) => [...part.keys()])
  const storyOf = (id: string): Story => {
    const charge = charges.get(id)
    return {
      order: orders.get(id)?.status,
      payment: payments.get(id)?.status,
      charge: charge && { declined: charge.declined !== null, refunds: charge.refunds },
      delivery: deliveries.get(id)?.status,
      dashboard: views.get(id),
      published: published.get(id)?.events ?? [],
    }
  }
  return new Map(ids.map((id) => [id, storyOf(id)]))
}

const byOrder = <Row extends { orderId: string }>(rows: readonly Row[]) =>
  new Map(rows.map((row) => [row.orderId, row]))

const describe = ({ order, payment, delivery, charge, dashboard, published }: Story): string =>
  [
    `order ${order}, payment ${payment}, charge ${JSON.stringify(charge)}, delivery ${delivery}`,
    `dashboard ${dashboard?.events.join(' ')}`,
    `published ${published.join(' ')}`,
  ].join('; ')
