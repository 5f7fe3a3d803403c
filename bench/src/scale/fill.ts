import { openViews } from '@saucery/dashboard/store/view-store'
import type { System } from '@saucery/local/system/system'
import { withSql } from '../run/stores.ts'
import type { Running } from '../run/with-system.ts'
import { type PastOrder, pastOrder } from './past-orders.ts'

const perStep = 5000

/**
 * Adds orders of the past to all stores, without events: rows as the services write them, and documents through the
 * dashboard's own projection. The streams, outboxes and inboxes have nothing of them.
 * @param filled how many there are already
 */
export async function fill({ system, say, signal }: Running, filled: number, until: number, before: number) {
  const views = openViews(system.databases.dashboard)
  await views.connect()
  let reportAt = Date.now() + 5000
  try {
    for (let i = filled; i < until; i += perStep) {
      signal.throwIfAborted()
      const length = Math.min(perStep, until - i)
      const orders = Array.from({ length }, (_, j) => pastOrder(i + j, before))
      const adding = orders.flatMap(({ additions }) => additions.map(views.add))
      await Promise.all([...adding, insertRows(system, orders)])
      if (Date.now() < reportAt) continue
      reportAt = Date.now() + 5000
      say(
        `${(i + length).toLocaleString('en')} of ${until.toLocaleString('en')} orders of the past are there`,
      )
    }
  } finally {
    await views.close()
  }
  await analyze(system)
}

async function insertRows({ databases }: System, orders: readonly PastOrder[]): Promise<void> {
  const ids = orders.map(({ id }) => id)
  const column = (name: 'branchId' | 'sauceId' | 'placedAt') => orders.map((order) => order[name])
  const statuses = (of: (order: PastOrder) => string) => orders.map(of)
  const facts = orders.map(({ events }) => [...events].sort((a, b) => (a < b ? -1 : 1)).join(','))
  await withSql(
    databases.orders,
    (sql) => sql`
      insert into orders (id, branch_id, sauce_id, qty, price, amount, facts, status, placed_at)
      select id, branch, sauce, 10, 10000, 100000, string_to_array(facts, ','), status, placed::timestamptz
      from unnest(${ids}::uuid[], ${column('branchId')}::text[], ${column('sauceId')}::text[], ${facts}::text[],
        ${statuses(({ status }) => status)}::text[], ${column('placedAt')}::text[])
        as t (id, branch, sauce, facts, status, placed)`,
  )
  await withSql(
    databases.payments,
    (sql) => sql`
      insert into payments (order_id, status, branch_id, sauce_id, qty, amount)
      select id, status, branch, sauce, 10, 100000
      from unnest(${ids}::uuid[], ${column('branchId')}::text[], ${column('sauceId')}::text[],
        ${statuses(({ status }) => paymentOf[status])}::text[]) as t (id, branch, sauce, status)`,
  )
  await withSql(
    databases.deliveries,
    (sql) => sql`
      insert into deliveries (order_id, status, branch_id, sauce_id, qty, started_at)
      select id, status, branch, sauce, 10, placed::timestamptz
      from unnest(${ids}::uuid[], ${column('branchId')}::text[], ${column('sauceId')}::text[],
        ${statuses(({ status }) => deliveryOf[status])}::text[], ${column('placedAt')}::text[])
        as t (id, branch, sauce, status, placed)
      where status <> ''`,
  )
}

const paymentOf = { DELIVERED: 'APPROVED', REJECTED: 'DECLINED', FAILED: 'REFUNDED' }
const deliveryOf = { DELIVERED: 'COMPLETED', REJECTED: '', FAILED: 'FAILED' }

/** As autovacuum would have done on the way. */
async function analyze({ databases }: System): Promise<void> {
  for (const url of [databases.orders, databases.payments, databases.deliveries])
    await withSql(url, (sql) => sql`analyze`)
}
