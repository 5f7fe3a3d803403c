import { setTimeout as delay } from 'node:timers/promises'
import { retryDelay } from '../async/backoff.ts'
import type { Log } from '../log.ts'

export type StoreHealth = ReturnType<typeof openStoreHealth>

interface Options {
  /** Rejects when the store cannot be used. */
  readonly isUp: () => Promise<unknown>
  readonly stopping: AbortSignal
  readonly log: Log
}

const probeLimitMs = 3000

/** Whether this replica reaches its store. After an outage error a probe decides, and later tells when it is back. */
export function openStoreHealth({ isUp, stopping, log }: Options) {
  const onDown = new Set<() => void>()
  let outage: Promise<void> | undefined
  let probing: Promise<boolean> | undefined

  function answers(): Promise<boolean> {
    const answer = isUp().then(
      () => true,
      () => false,
    )
    return Promise.race([answer, delay(probeLimitMs, false, { ref: false })])
  }

  /** One probe at a time, whose outcome all share. */
  function probe(): Promise<boolean> {
    probing ??= answers().finally(() => {
      probing = undefined
    })
    return probing
  }

  async function recovered(): Promise<void> {
    for (let failures = 1; !stopping.aborted; failures++) {
      await delay(retryDelay(failures, { maxMs: 2000 }), undefined, { signal: stopping }).catch(() => {})
      if (await probe()) break
    }
    outage = undefined
    if (!stopping.aborted) log.info({}, 'store answers again, taking messages')
  }

  return {
    isDown: () => outage !== undefined,
    /** Resolves at once while the store is up, and at the latest when the consumer stops. */
    untilUp: () => outage ?? Promise.resolve(),
    /** @returns ends it */
    onDown(run: () => void): () => void {
      onDown.add(run)
      return () => void onDown.delete(run)
    },
    /** Tells, after an outage error, whether the store answers. If not, it counts as down until it does. */
    async check(): Promise<boolean> {
      if (await probe()) return true
      if (!outage) {
        log.warn({}, 'store unavailable, giving messages back')
        outage = recovered()
        for (const run of onDown) run()
      }
      return false
    },
  }
}
