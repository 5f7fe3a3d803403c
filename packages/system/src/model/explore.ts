import { isFinal } from '@saucery/contracts/status'
import { brokenPromises } from './invariants.ts'
import { transitionsFrom } from './transitions.ts'
import { beginnings, isAtRest, isStrict, type Rules, storyOf, type World } from './world.ts'

/** The world from which each world was first reached, and the action that led from there; none for a beginning. */
type Origins = Map<string, { readonly key: string; readonly action: string } | undefined>

/**
 * Visits every world that can be reached, breadth first: the path to a violation is a shortest one. From each the system
 * can come to rest, for example when a provider that was away answers again.
 * @returns the numbers of states and of those with nothing in flight, the final statuses that were reached, the promise
 *   that the first bad world breaks, with the actions that lead there, and every set of events that nothing follows
 */
export function explore(rules: Rules) {
  const queue = beginnings(rules)
  const origins: Origins = new Map(queue.map((world) => [keyOf(world), undefined]))
  const endings = new Set<string>()
  const before = new Map<string, string[]>()
  const resting: string[] = []
  const publishing = new Set<string>()
  for (const world of queue) {
    const key = keyOf(world)
    const atRest = isAtRest(world)
    const promise = world.brokenPromise ?? brokenPromises(storyOf(world), atRest)[0]
    if (promise !== undefined) {
      const violation = { promise, path: pathTo(key, origins) }
      return { states: origins.size, statesAtRest: resting.length, endings, violation, histories: [] }
    }
    if (atRest) {
      resting.push(key)
      if (world.order && isFinal(world.order.status)) endings.add(world.order.status)
    }
    for (const { action, to } of transitionsFrom(world, rules)) {
      if (to === world) continue
      const next = keyOf(to)
      if (to.published.length > world.published.length) publishing.add(key)
      before.set(next, [...(before.get(next) ?? []), key])
      if (origins.has(next)) continue
      origins.set(next, { key, action })
      queue.push(to)
    }
  }
  const stuck = firstStuck(origins, before, resting)
  const violation = stuck && { promise: 'Everything in flight comes to rest', path: pathTo(stuck, origins) }
  const open = withAllBefore(publishing, before)
  const keys = [...origins.keys()]
  const histories = [...new Set(queue.filter((_, i) => !open.has(keys[i] ?? '')).map(historyOf))]
  return { states: origins.size, statesAtRest: resting.length, endings, violation, histories }
}

/** The names of the published events, in alphabetical order. */
const historyOf = ({ published }: World): string => sorted(published.map(({ name }) => name)).join(' ')

/** The worlds, and all from which a path leads to one of them. */
function withAllBefore(worlds: Iterable<string>, before: ReadonlyMap<string, string[]>): Set<string> {
  const found = new Set(worlds)
  for (const key of found) for (const earlier of before.get(key) ?? []) found.add(earlier)
  return found
}

/** The first world from which no path leads to one at rest. */
function firstStuck(origins: Origins, before: ReadonlyMap<string, string[]>, resting: string[]) {
  const ending = withAllBefore(resting, before)
  return [...origins.keys()].find((key) => !ending.has(key))
}

// Two worlds with the same key are one state. The data of the one order never differ, and no state depends on the
// order in which events were published.
function keyOf(world: World): string {
  const { order, payment, delivery, dashboard, published, consumed, charging, provider, late } = world
  return [
    order?.facts,
    payment?.status,
    delivery?.status,
    delivery?.status === 'COMPLETED' && delivery.cancellationRefused,
    dashboard?.timeline.map(({ event }) => event),
    sorted(published.map(({ name }) => name)),
    sorted([...consumed]),
    charging,
    provider,
    isStrict(world),
    late,
    world.brokenPromise,
  ].join(' ')
}

const sorted = (names: string[]) => names.sort((a, b) => (a < b ? -1 : 1))

function pathTo(key: string, origins: Origins): string[] {
  const origin = origins.get(key)
  return origin ? [...pathTo(origin.key, origins), origin.action] : []
}
