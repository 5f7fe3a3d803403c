import type { Contention } from '../contention.ts'
import { backlog } from './backlog.ts'
import { overload } from './overload.ts'
import { paymentAway } from './payment-away.ts'
import { reads } from './reads.ts'
import { waits } from './waits.ts'

/** By the name that the command line takes. */
export const contentions: Readonly<Record<string, Contention>> = {
  backlog,
  reads,
  waits,
  'payment-away': paymentAway,
  overload,
}
