import type { Contention } from '../contention.ts'
import { backlog } from './backlog.ts'
import { probes } from './probes.ts'
import { reads } from './reads.ts'
import { repair } from './repair.ts'
import { replays } from './replays.ts'
import { statistics } from './statistics.ts'

/** By the name that the command line takes. */
export const contentions: Readonly<Record<string, Contention>> = {
  backlog,
  probes,
  reads,
  repair,
  replays,
  statistics,
}
