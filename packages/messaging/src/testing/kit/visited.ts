import type { Choreography, Row, Services, World } from './choreography.ts'

/** Whence a world was first reached. */
interface Origin {
  readonly from: number
  readonly action: string
}

/** The worlds that were reached, each with its number, and the ways between them. */
export function openVisited<S extends Services, Environment, View>(
  system: Choreography<S, Environment, View>,
  maxStates: number,
) {
  type W = World<S, Environment>
  const keyOf = worldKeys(system)
  const worlds: W[] = []
  const origins: (Origin | undefined)[] = []
  const numbers = new Map<string, number>()
  /** For each world those from which one step leads to it. */
  const before: number[][] = []

  function numberOf(world: W, origin: Origin | undefined): number {
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

  return {
    worlds: worlds as readonly W[],
    /** @param origin none for a beginning */
    add(world: W, origin?: Origin): void {
      const number = numberOf(world, origin)
      if (origin) before[number]?.push(origin.from)
    },
    /** The actions that led to a world, each with the world after it; the first is its beginning. */
    pathTo(number: number): { action: string; to: W }[] {
      const path: { action: string; to: W }[] = []
      for (let at: number | undefined = number; at !== undefined; ) {
        const origin: Origin | undefined = origins[at]
        path.unshift({ action: origin?.action ?? '', to: worlds[at] as W })
        at = origin?.from
      }
      return path
    },
    /** The worlds, and all from which a path leads to one of them. */
    withAllBefore(of: Iterable<number>): Set<number> {
      const found = new Set(of)
      for (const world of found) for (const earlier of before[world] ?? []) found.add(earlier)
      return found
    },
  }
}

export const inTextOrder = (texts: string[]) => texts.sort((a, b) => (a < b ? -1 : 1))

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
  const namesText = onceEach((names: Iterable<string>) => inTextOrder([...names]).join())
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
