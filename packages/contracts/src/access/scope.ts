import { z } from 'zod'
import { itemId } from '../fields.ts'

const subject = z.string().min(1).max(255)

const everyCaller = {
  subject,
  /** When the caller's token expires, in seconds since the epoch; open streams are closed then. */
  signedInUntil: z.number().positive().optional(),
}

/** The caller, as the gateway authenticated it and passes it on to the services. */
export const callerSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('branch'), ...everyCaller, branchId: itemId }),
  z.object({ role: z.literal('courier'), ...everyCaller }),
  z.object({ role: z.literal('operator'), ...everyCaller }),
])

export type Caller = Readonly<z.infer<typeof callerSchema>>

export const roles = ['branch', 'courier', 'operator'] as const satisfies Caller['role'][]

const branchActions = ['place-orders', 'read-orders', 'cancel-orders', 'read-payments', 'read-views'] as const
const courierActions = ['end-deliveries'] as const
const bothActions = ['read-deliveries'] as const
const operatorActions = ['operate'] as const

export const actions = [...branchActions, ...courierActions, ...bothActions, ...operatorActions] as const

export type Action = (typeof actions)[number]

const branchMay: ReadonlySet<Action> = new Set([...branchActions, ...bothActions])
const courierMay: ReadonlySet<Action> = new Set([...courierActions, ...bothActions])

/** Whose orders a caller may apply an action to. */
export type Scope = 'all' | 'none' | { readonly branchId: string }

export function scopeOf(caller: Caller, action: Action): Scope {
  switch (caller.role) {
    case 'operator':
      return 'all'
    case 'courier':
      return courierMay.has(action) ? 'all' : 'none'
    case 'branch':
      return branchMay.has(action) ? { branchId: caller.branchId } : 'none'
  }
}

/** Whether a thing of this branch is in scope. With an unknown branch it is in the scope `all` only. */
export const isInScope = (reach: Scope, branchId: string | undefined): boolean =>
  typeof reach === 'string' ? reach === 'all' : branchId !== undefined && branchId === reach.branchId
