import { type BatchLimits, batcher, type Outcome } from './async/batcher.ts'
import { openApart } from './commit-apart.ts'
import { isDatabaseOutage } from './postgres/database.ts'
import { isLockTimeout, isStatementTimeout, type WaitLimits } from './postgres/locks.ts'

// A group waits for its slowest member. What one may wait for, each other one may have to.
const inGroup: WaitLimits = { lockMs: 250, statementMs: 5000 }
const alone: WaitLimits = { lockMs: 100, statementMs: 15_000 }

// A transaction of one change costs about as much as one of ten. Up to some 80 changes a second none has to wait;
// above that, fewer and larger transactions share the load.
const largerUnderLoad = (changes: number) => Math.min(12 + changes / 4, 40)

interface Transactions<C, R> {
  /** Commits the changes in one transaction. */
  commit(changes: C[], limits: WaitLimits): Promise<Outcome<R>[]>
  /** Those of the keys that another transaction holds now. */
  blockedAmong(keys: readonly string[]): Promise<ReadonlySet<string>>
}

/**
 * Commits changes that arrive together in one transaction, a group.
 *
 * A key that others have locked leaves its group, which is repeated without it. A group that the database refuses, or
 * that is slow, is repeated change by change, so that a bad change fails alone. A key whose change failed stays apart.
 * (locked-rows.int.test: "hold up no other change, and are changed when they are released")
 */
export function commitTogether<C extends { readonly key: string }, R>(
  { commit, blockedAmong }: Transactions<C, R>,
  limits: BatchLimits<C>,
): (change: C) => Promise<R> {
  const apart = openApart(async (change: C) => {
    const [outcome] = await commit([change], alone)
    return outcome as Outcome<R>
  })

  /** @returns no result for a change that has to be committed apart */
  async function commitGroup(changes: C[], tries = 1): Promise<Outcome<R | undefined>[]> {
    try {
      return await commit(changes, inGroup)
    } catch (error) {
      if (isDatabaseOutage(error) && !isStatementTimeout(error)) throw error
      const keys = changes.map(({ key }) => key)
      const blocked = isLockTimeout(error) ? await blockedAmong(keys) : new Set(keys)
      // What the group waited for may be free again, or is no lock of a key.
      const leaving = blocked.size > 0 || tries < 2 ? blocked : new Set(keys)
      for (const key of leaving) apart.add(key)
      const others = changes.filter(({ key }) => !leaving.has(key))
      const rest = others.length > 0 ? await commitGroup(others, tries + 1) : []
      return changes.map(({ key }) => (leaving.has(key) ? { value: undefined } : rest.shift())) as typeof rest
    }
  }

  const together = batcher((changes: C[]) => commitGroup(changes), {
    concurrency: 2,
    everyMs: largerUnderLoad,
    ...limits,
  })
  return async (change) => {
    const result = apart.has(change.key) ? undefined : await together(change)
    return result ?? apart.commit(change)
  }
}
