import { branchOf, type LiveClient, type NewClient } from './clients.ts'
import { isWaitingForReplay, pointOf } from './replays.ts'

export interface ClientLimits {
  readonly maxClients?: number
  /** Clients of one caller who is signed in. */
  readonly maxClientsPerCaller?: number
  /** Clients of all callers of one branch. */
  readonly maxClientsPerBranch?: number
}

/** Replays that wait for their turn: those of one point are shared, and count once. */
const [maxReplays, maxReplaysPerBranch, maxReplaysPerCaller] = [200, 50, 20]

/** Why this client is not let in beside the others; undefined when it is. Without sign-in all are one caller. */
export function refusalOfClient(client: NewClient, open: Iterable<LiveClient>, limits: ClientLimits) {
  const { maxClients = 2000, maxClientsPerBranch = 500, maxClientsPerCaller = 200 } = limits
  const { subject } = client
  const branch = branchOf(client)
  const all = [...open]
  const ofBranch = branch === undefined ? [] : all.filter((it) => branchOf(it) === branch)
  const ofCaller = subject === undefined ? [] : all.filter((it) => it.subject === subject)
  if (all.length >= maxClients) return 'too-many-listeners'
  if (ofCaller.length >= maxClientsPerCaller && subject !== undefined) return 'too-many-of-one-caller'
  if (ofBranch.length >= maxClientsPerBranch && branch !== undefined) return 'too-many-of-one-branch'
  if (typeof client.from !== 'object') return undefined
  if (countReplays(all, client) > maxReplays) return 'too-many-listeners'
  return countReplays(ofBranch, client) > maxReplaysPerBranch ||
    countReplays(ofCaller, client) > maxReplaysPerCaller
    ? 'too-many-replays'
    : undefined
}

const countReplays = (clients: readonly LiveClient[], another: NewClient): number =>
  new Set([...clients.filter(isWaitingForReplay), another].map(pointOf)).size
