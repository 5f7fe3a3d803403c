import type { Context } from 'hono'
import { noWaitHeader, type WaitPlaces } from '../http/wait-places.ts'
import { isAnonymous } from './authorize.ts'

/**
 * Takes a place for a request that asks to wait.
 * @param branchId of what it waits for; by default the caller's own
 * @returns gives the place back; undefined when there is none here, or was none at the gateway
 */
export function takeWaitPlace(c: Context, places: WaitPlaces, branchId?: string): (() => void) | undefined {
  if (c.req.header(noWaitHeader) !== undefined) return undefined
  const caller = c.get('caller')
  const own = caller.role === 'branch' ? caller.branchId : undefined
  return places.take({
    caller: isAnonymous(caller) ? undefined : caller.subject,
    branchId: branchId ?? own,
  })
}
