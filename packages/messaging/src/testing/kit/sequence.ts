import type { Services, Step, World } from './choreography.ts'

type AnyWorld = Pick<World<Services, unknown>, 'states' | 'environment'> & {
  readonly published: readonly { readonly name: string }[]
}

interface Counterexample {
  readonly promise: string
  readonly begin: Step<AnyWorld> | undefined
  readonly steps: readonly Step<AnyWorld>[]
  /** The decision that failed after the last step, if one did. */
  readonly failed: readonly string[]
  readonly end: AnyWorld
  readonly inFlight: readonly string[]
}

/** The lines of a counterexample: the promise, each step with what it publishes, and the world at the end. */
export function sequenceOf({ promise, begin, steps, failed, end, inFlight }: Counterexample): string[] {
  const worlds = [begin, ...steps].map((step) => step?.to)
  const actions = steps.map(({ action, to }, i) => `${action}${publishedSince(worlds[i], to)}`)
  const begun = begin ? publishedSince(undefined, begin.to) : ''
  return [
    `"${promise}" does not hold after`,
    ...(begun === '' ? [] : [`  0. the beginning${begun}`]),
    ...[...actions, ...failed].map((action, i) => `${String(i + 1).padStart(3)}. ${action}`),
    'then',
    ...Object.entries(end.states).map(([name, state]) => `     ${name}: ${JSON.stringify(state)}`),
    ...(end.environment === undefined ? [] : [`     environment: ${JSON.stringify(end.environment)}`]),
    `     in flight: ${inFlight.join(', ') || 'nothing'}`,
  ]
}

function publishedSince(before: AnyWorld | undefined, { published }: AnyWorld): string {
  const names = published.slice(before?.published.length ?? 0).map(({ name }) => name)
  return names.length > 0 ? ` → publishes ${names.join(', ')}` : ''
}
