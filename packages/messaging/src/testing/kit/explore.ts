import {
  type Choreography,
  choreographyRules,
  DecisionFailed,
  type Services,
  type World,
} from './choreography.ts'
import { sequenceOf } from './sequence.ts'
import { inTextOrder, openVisited } from './visited.ts'

/** How a promise is broken, by a shortest sequence of actions. */
export interface Violation {
  /** The sentence of the invariant that does not hold. */
  readonly promise: string
  readonly path: readonly string[]
  /** All of it as lines to read: the promise, each action with what it publishes, and the world at the end. */
  readonly sequence: string
}

interface Explored<View> {
  /** The number of different worlds. */
  readonly states: number
  /** Those with nothing in flight. */
  readonly resting: readonly View[]
  readonly violation: Violation | undefined
  /** Every set of events, by their names in alphabetical order, that nothing follows. Empty with a violation. */
  readonly histories: readonly string[]
}

/**
 * Visits every world that can be reached, breadth first: the path to a violation is a shortest one. Besides the
 * invariants it checks that from each world the system can come to rest, and that no decision fails otherwise than by
 * a refusal, an error with a `code`.
 * @param limits `maxStates` keeps a choreography without an end from filling the memory
 * @throws RangeError when there are more states
 */
export function explore<const S extends Services, Environment = undefined, View = World<S, Environment>>(
  system: Choreography<S, Environment, View>,
  { maxStates = 1_000_000 } = {},
): Explored<View> {
  type W = World<S, Environment>
  const rules = choreographyRules(system)
  const { worlds, add, pathTo, withAllBefore } = openVisited(system, maxStates)
  const resting: number[] = []
  const publishing = new Set<number>()
  const always = Object.entries(system.always ?? {})
  const atRest = [...always, ...Object.entries(system.atRest ?? {})]
  const viewOf = (world: W): View => (system.view ? system.view(world) : (world as unknown as View))
  const isAtRest = (world: W) => !system.isBusy?.(world) && rules.inFlight(world).length === 0

  const found = (violation: Violation | undefined, histories: readonly string[]): Explored<View> => ({
    states: worlds.length,
    resting: resting.map((number) => viewOf(worlds[number] as W)),
    violation,
    histories,
  })
  const violationAt = (number: number, promise: string, failed: readonly string[] = []): Violation => {
    const [begin, ...steps] = pathTo(number)
    const path = [...steps.map(({ action }) => action), ...failed]
    const end = worlds[number] as W
    const lines = sequenceOf({ promise, begin, steps, failed, end, inFlight: rules.inFlight(end) })
    return { promise, path, sequence: lines.join('\n') }
  }

  for (const world of rules.beginnings) add(world)
  for (let number = 0; number < worlds.length; number++) {
    const world = worlds[number] as W
    const rests = isAtRest(world)
    if (rests) resting.push(number)
    const view = viewOf(world)
    const broken = (rests ? atRest : always).find(([, holds]) => !holds(view))
    if (broken) return found(violationAt(number, broken[0]), [])
    try {
      for (const { action, to } of rules.from(world)) {
        if (to === world) continue
        if (to.published.length > world.published.length) publishing.add(number)
        add(to, { from: number, action })
      }
    } catch (error) {
      if (!(error instanceof DecisionFailed)) throw error
      return found(violationAt(number, 'No decision fails', [error.message]), [])
    }
  }
  const ending = withAllBefore(resting)
  const stuck = worlds.findIndex((_, number) => !ending.has(number))
  if (stuck >= 0) return found(violationAt(stuck, 'Everything in flight comes to rest'), [])
  const open = withAllBefore(publishing)
  const last = worlds.filter((_, number) => !open.has(number))
  return found(undefined, [...new Set(last.map(historyOf))])
}

/** Explores, and throws the first violation as an error whose text is the sequence that leads to it. */
export function assertHolds<const S extends Services, Environment = undefined, View = World<S, Environment>>(
  system: Choreography<S, Environment, View>,
  limits: { readonly maxStates?: number } = {},
): Explored<View> {
  const explored = explore(system, limits)
  if (explored.violation) throw new Error(explored.violation.sequence)
  return explored
}

type AnyWorld = World<Services, unknown>

const namesOf = ({ published }: Pick<AnyWorld, 'published'>) => published.map(({ name }) => name)

const historyOf = (world: Pick<AnyWorld, 'published'>): string => inTextOrder(namesOf(world)).join(' ')
