import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../telemetry/log.ts'

/** Resolves with the first signal that asks to stop. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of stopSignals) process.once(signal, () => resolve(signal))
  })
}

/** Runs the steps of a stop in order, then exits: with 0, or with 1 when they fail or take longer than `graceMs`. */
export async function stopWithin(
  graceMs: number,
  log: Log,
  ...steps: (() => Promise<unknown>)[]
): Promise<never> {
  const late = delay(graceMs, 'late' as const, { ref: false })
  const done = (async () => {
    for (const step of steps) await step()
    return 'done' as const
  })()
  const outcome = await Promise.race([done, late]).catch((error) => {
    log.error({ error }, 'stopping failed')
    return 'failed' as const
  })
  if (outcome === 'late') log.warn({ graceMs }, 'not everything was finished in time')
  else log.info({}, 'stopped')
  process.exit(outcome === 'done' ? 0 : 1)
}

/**
 * Waits for what a service needs to start: with nothing in hand, a signal that asks to stop ends the process. As the
 * first one of a container it would not be ended by a signal that nobody listens to.
 */
export async function exitOnSignal<T>(run: () => Promise<T>): Promise<T> {
  const leave = () => process.exit(0)
  for (const signal of stopSignals) process.once(signal, leave)
  try {
    return await run()
  } finally {
    for (const signal of stopSignals) process.off(signal, leave)
  }
}

/**
 * Tries until it works, with a line for each failure that `isPassing`; any other failure is thrown. For a service that
 * starts, as `unlessStopped`.
 */
export function waitUntilUp<T>(
  what: string,
  run: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
  log: Log,
): Promise<T> {
  return exitOnSignal(async () => {
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5000))
      try {
        return await run()
      } catch (error) {
        if (!isPassing(error)) throw error
        log.warn({ reason: String(error), waitMs }, `waiting for ${what}`)
        await delay(waitMs)
      }
  })
}

const stopSignals = ['SIGTERM', 'SIGINT'] as const
