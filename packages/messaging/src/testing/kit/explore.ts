import {
  type Choreography,
  choreographyRules,
  DecisionFailed,
  type Row,
  type Services,
  type World,
} from './choreography.ts'
import { sequenceOf } from './sequence.ts'

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

/** Whence a world was first reached. */
interface Origin {
  readonly from: number
  readonly action: string
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
  const keyOf = worldKeys(system)
  const worlds: W[] = []
  const origins: (Origin | undefined)[] = []
  const numbers = new Map<string, number>()
  const before: number[][] = []
  const resting: number[] = []
  const publishing = new Set<number>()
  const always = Object.entries(system.always ?? {})
  const atRest = [...always, ...Object.entries(system.atRest ?? {})]
  const viewOf = (world: W): View => (system.view ? system.view(world) : (world as unknown as View))
  const isAtRest = (world: W) => !system.isBusy?.(world) && rules.inFlight(world).length === 0

  function add(world: W, origin?: Origin): number {
    const key = keyOf(world)
    const known = numbers.get(key)
    if (known !== undefined) return known
    const number = worlds.length
    if (number >= maxStates) throw new RangeError(`more than ${maxStates} states: set maxStates, or bound it`)
    numbers.set(key, number)
    worlds.push(world)
    origins.push(origin)
    before.push([])
    return number
  }

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
        const next = add(to, { from: number, action })
        before[next]?.push(number)
      }
    } catch (error) {
      if (!(error instanceof DecisionFailed)) throw error
      return found(violationAt(number, 'No decision fails', [error.message]), [])
    }
  }
  const ending = withAllBefore(resting, before)
  const stuck = worlds.findIndex((_, number) => !ending.has(number))
  if (stuck >= 0) return found(violationAt(stuck, 'Everything in flight comes to rest'), [])
  const open = withAllBefore(publishing, before)
  const last = worlds.filter((_, number) => !open.has(number))
  return found(undefined, [...new Set(last.map(historyOf))])

  /** The actions that led to a world, each with the world after it; the first is its beginning. */
  function pathTo(number: number): { action: string; to: W }[] {
    const origin = origins.at(number)
    const to = worlds[number] as W
    return origin === undefined
      ? [{ action: '', to }]
      : [...pathTo(origin.from), { action: origin.action, to }]
  }
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

const historyOf = (world: Pick<AnyWorld, 'published'>): string => sorted(namesOf(world)).join(' ')

const sorted = (texts: string[]) => texts.sort((a, b) => (a < b ? -1 : 1))

/** The worlds, and all from which a path leads to one of them. */
function withAllBefore(worlds: Iterable<number>, before: readonly number[][]): Set<number> {
  const found = new Set(worlds)
  for (const world of found) for (const earlier of before[world] ?? []) found.add(earlier)
  return found
}

/**
 * Two worlds with the same key are one state: no state depends on the order in which events were published. The parts
 * of a world are shared with the worlds around it, so the text of each is made once.
 */
function worldKeys<S extends Services, Environment, View>({ services }: Choreography<S, Environment, View>) {
  const stateTexts = Object.entries(services).map(([name, row]) => {
    const { keyOf } = row as unknown as Row
    const textOf = onceEach((state: unknown) => keyOf?.(state) ?? JSON.stringify(state))
    return ({ states }: World<S, Environment>) => (states[name] === undefined ? '' : textOf(states[name]))
  })
  const namesText = onceEach((names: Iterable<string>) => sorted([...names]).join())
  const environmentText = onceEach((environment: Environment) => JSON.stringify(environment))
  return (world: World<S, Environment>): string =>
    [
      ...stateTexts.map((textOf) => textOf(world)),
      namesText(world.messages),
      namesText(world.acknowledged),
      environmentText(world.environment),
    ].join('|')
}

function onceEach<Part>(make: (part: Part) => string): (part: Part) => string {
  const texts = new WeakMap<object, string>()
  return (part) => {
    if (typeof part !== 'object' || part === null) return make(part)
    const text = texts.get(part) ?? make(part)
    texts.set(part, text)
    return text
  }
}
