import type { Contention } from '../contention.ts'
import { backlog } from './backlog.ts'
import { overload } from './overload.ts'
import { paymentAway } from './payment-away.ts'
import { probes } from './probes.ts'
import { reads } from './reads.ts'
import { repair } from './repair.ts'
import { replays } from './replays.ts'
import { statistics } from './statistics.ts'
import { waits } from './waits.ts'

/** By the name that the command line takes. */
export const contentions: Readonly<Record<string, Contention>> = {
  backlog,
  overload,
  'payment-away': paymentAway,
  probes,
  reads,
  repair,
  replays,
  statistics,
  waits,
}
