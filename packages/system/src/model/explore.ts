import { isFinal } from '@saucery/contracts/status'
import { brokenPromises } from './invariants.ts'
import { transitionsFrom } from './transitions.ts'
import { beginnings, isAtRest, isStrict, type Rules, storyOf, type World } from './world.ts'

/** The world from which each world was first reached, and the action that led from there; none for a beginning. */
type Origins = Map<string, { readonly key: string; readonly action: string } | undefined>

/**
 * Visits every world that can be reached, breadth first: the path to a violation is a shortest one.
 * @returns the numbers of states and of those with nothing in flight, the final statuses that were reached, and the
 *   promise that the first bad world breaks, with the actions that lead there
 */
export function explore(rules: Rules) {
  const queue = beginnings(rules)
  const origins: Origins = new Map(queue.map((world) => [keyOf(world), undefined]))
  const endings = new Set<string>()
  let statesAtRest = 0
  for (const world of queue) {
    const key = keyOf(world)
    const atRest = isAtRest(world)
    const promise = world.brokenPromise ?? brokenPromises(storyOf(world), atRest)[0]
    if (promise !== undefined) {
      const violation = { promise, path: pathTo(key, origins) }
      return { states: origins.size, statesAtRest, endings, violation }
    }
    if (atRest) {
      statesAtRest += 1
      if (world.order && isFinal(world.order.status)) endings.add(world.order.status)
    }
    for (const { action, to } of transitionsFrom(world, rules)) {
      if (to === world) continue
      const next = keyOf(to)
      if (origins.has(next)) continue
      origins.set(next, { key, action })
      queue.push(to)
    }
  }
  return { states: origins.size, statesAtRest, endings }
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
