import { rejectOnAbort } from '@saucery/bench/load/poll'
import type { Finding } from '../report/finding.ts'
import { deleteNamespaces, requireOwnNamespaces } from './kubectl.ts'
import { bringUpLocal, type Patches, type ServiceSettings } from './local.ts'
import { bringUpProduction, type ProductionOverlay } from './production.ts'

export interface Experiment {
  readonly summary: string
  /** The overlay that is brought up; else `local`. */
  readonly overlay?: 'local' | ProductionOverlay
  /** Settings that differ from the local overlay's. */
  readonly settings?: ServiceSettings
  /** Objects that differ from the overlay's. */
  readonly patches?: Patches
  run(): Promise<Finding[]>
}

/**
 * Runs an experiment on a new system in a namespace of its own, so that orders of another one cannot disturb it. Then
 * deletes the namespace, also after a failure or an interrupt; `KEEP` leaves it for inspection.
 */
export async function runInFreshSystem(
  { overlay = 'local', settings = {}, patches = [], run }: Experiment,
  interrupted: AbortSignal,
): Promise<Finding[]> {
  await requireOwnNamespaces()
  await deleteNamespaces()
  const bringUp = () =>
    overlay === 'local' ? bringUpLocal(settings, patches) : bringUpProduction(overlay, patches)
  try {
    return await Promise.race([rejectOnAbort(interrupted), bringUp().then(run)])
  } finally {
    if (!process.env.KEEP) await deleteNamespaces()
  }
}
