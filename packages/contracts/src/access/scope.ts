import { z } from 'zod'
import { itemId } from '../fields.ts'

const subject = z.string().min(1).max(255)

const anybody = {
  subject,
  /** When what was shown is no longer taken, in seconds since the epoch: what is open then is closed. */
  signedInUntil: z.number().positive().optional(),
}

/** Who calls: what the gateway found out, and tells the services. */
export const caller = z.discriminatedUnion('role', [
  z.object({ role: z.literal('branch'), ...anybody, branchId: itemId }),
  z.object({ role: z.literal('courier'), ...anybody }),
  z.object({ role: z.literal('operator'), ...anybody }),
])

export type Caller = Readonly<z.infer<typeof caller>>

export const roles = ['branch', 'courier', 'operator'] as const satisfies Caller['role'][]

const branchActions = ['place-orders', 'read-orders', 'cancel-orders', 'read-payments', 'read-views'] as const
const courierActions = ['end-deliveries'] as const
const bothActions = ['read-deliveries'] as const
const operatorActions = ['operate'] as const

export const actions = [...branchActions, ...courierActions, ...bothActions, ...operatorActions] as const

export type Action = (typeof actions)[number]

const branchMay: ReadonlySet<Action> = new Set([...branchActions, ...bothActions])
const courierMay: ReadonlySet<Action> = new Set([...courierActions, ...bothActions])

/** With whose orders somebody may do something. */
export type Scope = 'all' | 'none' | { readonly branchId: string }

/** How far the caller may go with the action. */
export function scopeOf(who: Caller, action: Action): Scope {
  switch (who.role) {
    case 'operator':
      return 'all'
    case 'courier':
      return courierMay.has(action) ? 'all' : 'none'
    case 'branch':
      return branchMay.has(action) ? { branchId: who.branchId } : 'none'
  }
}

/** Whether what belongs to the branch is within reach; what nobody knows the branch of is so for no branch. */
export const isInScope = (reach: Scope, branchId: string | undefined): boolean =>
  typeof reach === 'string' ? reach === 'all' : branchId !== undefined && branchId === reach.branchId
