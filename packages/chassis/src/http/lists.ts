import { itemId } from '@saucery/contracts/fields'
import { and, asc, desc, eq, gt, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { pageQuery } from './pages.ts'

export const listQuery = <Status extends string>(statuses: readonly Status[]) =>
  z.object({
    ...pageQuery,
    status: z.enum(statuses).optional(),
    branchId: itemId.optional(),
    orderId: z.uuid().optional(),
    sort: z.enum(['newest', 'oldest']).default('newest').describe('Which order comes first'),
  })

/** The query of a list of orders, or of what belongs to them, as it is read. */
export type ListQuery<Status extends string> = Readonly<z.output<ReturnType<typeof listQuery<Status>>>>

/** The condition of an optional filter. */
const when = <T>(value: T | undefined, condition: (value: T) => SQL): SQL | undefined =>
  value === undefined ? undefined : condition(value)

/** The condition of the rows that a list shows; it is sorted by `orderId`. A table without branches has nothing of one. */
export const matchesQuery = (
  query: ListQuery<string>,
  orderId: PgColumn,
  { status, branchId }: { readonly status: PgColumn; readonly branchId?: PgColumn },
): SQL | undefined =>
  and(
    when(query.status, (value) => eq(status, value)),
    when(query.branchId, (value) => (branchId ? eq(branchId, value) : sql`false`)),
    when(query.orderId, (value) => eq(orderId, value)),
    when(query.since, (first) => gte(orderId, first)),
    when(query.until, (end) => lt(orderId, end)),
    when(query.cursor, (before) => (query.sort === 'oldest' ? gt : lt)(orderId, before)),
  )

/** The order of the rows that a list shows. */
export const sortedBy = ({ sort }: ListQuery<string>, orderId: PgColumn): SQL =>
  sort === 'oldest' ? asc(orderId) : desc(orderId)
