import { openTally } from '../async/tally.ts'

/** Tells a service that the gateway has no place for a wait: it answers at once, as if the wait were over. */
export const noWaitHeader = 'x-saucery-no-wait'

/** Whose places a wait takes; what is not known is not limited. */
export interface WaitKeys {
  /** The subject, or the client's address. */
  readonly caller?: string | undefined
  readonly branchId?: string | undefined
}

/**
 * The places of requests that wait on purpose, apart from those that work: whoever fills them takes nothing else from
 * the others. A branch has a fifth of them at most, and a caller a tenth.
 */
export function openWaitPlaces(total: number) {
  const held = openTally()
  return {
    /** @returns gives the place back; undefined when there is none */
    take({ caller, branchId }: WaitKeys): (() => void) | undefined {
      const limits = new Map([['all', total]])
      if (branchId !== undefined) limits.set(`branch ${branchId}`, Math.ceil(total / 5))
      if (caller !== undefined) limits.set(`caller ${caller}`, Math.ceil(total / 10))
      for (const [key, limit] of limits) if (held.of(key) >= limit) return undefined
      for (const key of limits.keys()) held.change(key, 1)
      return () => {
        for (const key of limits.keys()) held.change(key, -1)
        limits.clear()
      }
    },
    inUse: () => held.of('all'),
  }
}

export type WaitPlaces = ReturnType<typeof openWaitPlaces>
