import { runEvery } from '@saucery/messaging/async/periodic'
import type { Log } from '../telemetry/log.ts'
import type { DrillStore, RunningDrill } from './drill-store.ts'
import type { DrillKind, DrillRequest } from './kinds.ts'

/** A replica follows a drill within so long. */
const everyMs = 1000

export type Drills = ReturnType<typeof followDrills>

/** What was asked for, and how long ago that was. */
type Present<K extends DrillKind> = Extract<DrillRequest, { readonly kind: K }> & { readonly ageMs: number }

/** What was read last, for as long as it lasts: a drill ends in time though its store cannot be read any more. */
export function openSchedule(now = () => performance.now()) {
  let found: { readonly drills: readonly RunningDrill[]; readonly at: number } = { drills: [], at: 0 }
  const sinceMs = () => now() - found.at
  return {
    set(drills: readonly RunningDrill[]): void {
      found = { drills, at: now() }
    },
    of<K extends DrillKind>(kind: K): Present<K> | undefined {
      const drill = found.drills.find(({ request, leftMs }) => request.kind === kind && sinceMs() < leftMs)
      if (!drill) return undefined
      const { request, leftMs } = drill
      return { ...request, ageMs: request.forSeconds * 1000 - leftMs + sinceMs() } as Present<K>
    },
  }
}

/**
 * Follows the drills in the service's store, as every replica does; reads nothing where drills are off.
 * @returns `of`: the drill of a kind that is under way
 */
export function followDrills(store: DrillStore, isOn: boolean, log: Log) {
  const schedule = openSchedule()
  const read = async () => schedule.set(await store.present())
  const reading = isOn ? runEvery('reading the drills', everyMs, read, log) : undefined
  return {
    /** Resolves when the present drills are known, or cannot be read: then a replica that has just started follows, too. */
    known: isOn ? read().catch((error) => log.warn({ error }, 'drills not read')) : Promise.resolve(),
    isOn,
    of: schedule.of,
    /** Follows at once what has just been begun or ended here. */
    now: () => reading?.now(),
    stop: async () => reading?.stop(),
  }
}
