import type { Contention } from '../contention.ts'
import { backlog } from './backlog.ts'
import { reads } from './reads.ts'

/** By the name that the command line takes. */
export const contentions: Readonly<Record<string, Contention>> = { backlog, reads }
