import { itemId } from '@saucery/contracts/fields'
import { z } from 'zod'
import { type PageQuery, pageQuery } from './pages.ts'

/** The query of a list of orders, or of what belongs to them, as it is read. */
export interface ListQuery<Status extends string> extends PageQuery {
  readonly status?: Status | undefined
  readonly branchId?: string | undefined
  readonly orderId?: string | undefined
}

export const listQuery = <Status extends string>(statuses: readonly Status[]) =>
  z.object({
    ...pageQuery,
    status: z.enum(statuses).optional(),
    branchId: itemId.optional(),
    orderId: z.uuid().optional(),
  })
