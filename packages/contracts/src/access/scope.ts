import { z } from 'zod'
import { itemId } from '../fields.ts'

// Control characters would end up in logs, and Postgres stores no NUL.
const subject = z
  .string()
  .max(255)
  .regex(/^\P{Cc}+$/u, 'must be a text without control characters')

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

/** Who may do what besides the operator, who may do everything. */
const permitted = {
  'place-orders': ['branch'],
  'read-orders': ['branch'],
  'cancel-orders': ['branch'],
  'read-payments': ['branch'],
  'read-views': ['branch'],
  'end-deliveries': ['courier'],
  'read-deliveries': ['branch', 'courier'],
  operate: [],
} as const satisfies Record<string, readonly Caller['role'][]>

export type Action = keyof typeof permitted

export const actions = Object.keys(permitted) as Action[]

/** Whose orders a caller may apply an action to. */
export type Scope = 'all' | 'none' | { readonly branchId: string }

export function scopeOf(caller: Caller, action: Action): Scope {
  if (caller.role === 'operator') return 'all'
  const roles: readonly Caller['role'][] = permitted[action]
  if (!roles.includes(caller.role)) return 'none'
  return caller.role === 'branch' ? { branchId: caller.branchId } : 'all'
}

/** Whether a thing of this branch is in scope. With an unknown branch it is in the scope `all` only. */
export const isInScope = (reach: Scope, branchId: string | undefined): boolean =>
  typeof reach === 'string' ? reach === 'all' : branchId !== undefined && branchId === reach.branchId
