import type { Finding } from '../finding.ts'
import { bringUpLocal, type Settings } from './local.ts'
import { makeRoom, takeAway } from './namespaces.ts'
import { bringUpProduction } from './production.ts'

export interface Experiment {
  readonly says: string
  /** What is brought up for it, else `local`. */
  readonly overlay?: 'local' | 'production'
  /** What the local overlay is told that differs from it. */
  readonly settings?: Settings
  run(): Promise<Finding[]>
}

/**
 * Runs an experiment in a namespace of its own with everything new, so that no orders of another one are in its way;
 * then deletes the namespace, also when it fails or is interrupted. `KEEP` leaves it for a look.
 */
export async function inFresh(experiment: Experiment, interrupted: Promise<never>): Promise<Finding[]> {
  await makeRoom()
  try {
    return await Promise.race([interrupted, bringUpAndRun(experiment)])
  } finally {
    if (!process.env.KEEP) await takeAway()
  }
}

async function bringUpAndRun({ overlay = 'local', settings = {}, run }: Experiment): Promise<Finding[]> {
  await (overlay === 'local' ? bringUpLocal(settings) : bringUpProduction())
  return run()
}
