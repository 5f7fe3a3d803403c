import { withTimeout } from '../async/timeout.ts'
import type { Log } from '../telemetry/log.ts'

export const stopSignals = ['SIGTERM', 'SIGINT'] as const

/** Resolves with the first signal that asks the process to stop; a second one ends it. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of stopSignals) process.once(signal, () => resolve(signal))
  })
}

/** Stops the process as a signal does, but it exits with 1: whoever supervises it starts another one. */
export function stopAsFailed(log: Log): void {
  log.error({}, 'the process cannot go on, and stops to be started again')
  process.exitCode = 1
  process.kill(process.pid, 'SIGTERM')
}

export type ShutdownStep = () => Promise<unknown>

/** Runs the steps in order, then exits: with `process.exitCode`, or with 1 when a step fails or all take longer than `graceMs`. */
export async function stopWithin(graceMs: number, log: Log, steps: readonly ShutdownStep[]): Promise<never> {
  const run = async () => {
    for (const step of steps) await step()
  }
  try {
    await withTimeout(graceMs, run())
  } catch (error) {
    log.error({ error, graceMs }, 'shutdown failed')
    process.exit(1)
  }
  log.info({}, 'stopped')
  process.exit()
}
