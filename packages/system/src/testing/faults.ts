import { setTimeout as delay } from 'node:timers/promises'
import type { System } from '@saucery/local/system/system'
import { eventually } from '@saucery/messaging/testing/eventually'
import { shuffled } from '@saucery/messaging/testing/kit/random'

const victims = ['payment', 'delivery', 'order', 'dashboard', 'nats', 'postgres', 'mongodb'] as const
type Victim = (typeof victims)[number]

export interface Fault {
  readonly victim: Victim
  readonly afterMs: number
}

/** Each victim so often, in any order and after any pause: what dies may not be back yet when the next one does. */
export function faultsFrom(random: () => number, times: number, meanPauseMs: number): Fault[] {
  const all = Array.from({ length: times }, () => victims).flat()
  return shuffled(all, random).map((victim) => ({
    victim,
    afterMs: Math.round(2 * meanPauseMs * random()),
  }))
}

/** Kills with SIGKILL; the system starts again what died. */
export async function strike(system: System, faults: readonly Fault[]): Promise<void> {
  const programs = { ...system.services, ...system.servers }
  for (const { victim, afterMs } of faults) {
    await delay(afterMs)
    const program = programs[victim]
    // One that is not back yet cannot die once more.
    const pid = await eventually(
      () => program.pid ?? Promise.reject(new Error(`${victim} does not come back`)),
    )
    await program.kill()
    await eventually(() => {
      if (program.pid === pid) throw new Error(`${victim} does not die`)
    })
  }
}
