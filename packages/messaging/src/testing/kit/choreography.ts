import type { Event, Fact } from '../../events/event.ts'
import { asEvent, type Decider } from './decider.ts'

/**
 * The table: for each service its decider, what it consumes, and what it can be asked for. Write down the types of the
 * functions' parameters: the state is one type throughout a row.
 */
export type Services = Readonly<
  Record<
    string,
    {
      /** The names of the events that it consumes. */
      readonly consumes: readonly string[]
      /** What it publishes in reaction to an event, `[]` for nothing. */
      react(state: never, event: never, environment: never): readonly Fact[]
      /** The state after an event, consumed or its own; the same object when nothing changes. */
      evolve(state: never, event: never): unknown
      /**
       * What a request or a timer asks of it, by the names in the counterexample. Each may come at every moment, and
       * again. It refuses by throwing an error with a `code`.
       */
      readonly commands?: Readonly<Record<string, (state: never, environment: never) => readonly Fact[]>>
      /** What tells two of its states apart. Default: all of the state, as JSON. */
      keyOf?(state: never): string
    }
  >
>

/** A row of the table, as it is called. */
export interface Row extends Decider<unknown, Fact, Fact> {
  readonly consumes: readonly string[]
  readonly commands?: Readonly<Record<string, (state: unknown, environment: unknown) => readonly Fact[]>>
  keyOf?(state: unknown): string
}

type StateOf<S> = S extends { evolve(...args: never): infer State } ? Exclude<State, undefined> : never

type FactOf<S> = S extends { react(...args: never): readonly (infer P)[] } ? P : never

/** All services at one moment, what they have published, and what is outside of them. */
export interface World<S extends Services, Environment> {
  readonly states: { readonly [Name in keyof S]?: StateOf<S[Name]> | undefined }
  readonly published: readonly Event<FactOf<S[keyof S]>>[]
  /** The acknowledged messages, as `service:message`. */
  readonly acknowledged: ReadonlySet<string>
  /** The ids of the published events, in their sequence: `name`, `name #2` … */
  readonly messages: readonly string[]
  readonly environment: Environment
}

/** What can happen, as it is called in a counterexample, and the world after it. */
export interface Step<W> {
  readonly action: string
  readonly to: W
}

/** One transaction: the service's state after what it consumes and publishes; the same world when nothing changes. */
export type CommitStep<W> = (world: W, service: string, published: readonly Fact[], consumes?: Fact) => W

/**
 * A choreography as a table of deciders. Messages are delivered at least once, at any time and in any order; `explore`
 * tries everything that can happen.
 */
export interface Choreography<S extends Services, Environment, View> {
  readonly services: S
  /** What is outside of the services, such as a provider's books or a clock. Must be a value: JSON tells two apart. */
  readonly environment?: Environment
  /** What is published before anything else, for each beginning by service. Default: one beginning with nothing. */
  readonly beginnings?: readonly { readonly [Name in keyof S]?: readonly Fact[] }[]
  /** What else can happen: a call to a provider, a time that passes. */
  steps?(
    world: World<S, Environment>,
    commit: CommitStep<World<S, Environment>>,
  ): Iterable<Step<World<S, Environment>>>
  /** What a commit begins outside, such as the right to charge. */
  afterCommit?(world: World<S, Environment>): Environment
  /** Whether something is under way although every message is acknowledged. */
  isBusy?(world: World<S, Environment>): boolean
  /** `true`: the inbox of this package guards the deciders, so a message that comes again changes nothing. */
  readonly hasInbox?: boolean
  /** What tells two events apart. Default: name and data. */
  identify?(fact: FactOf<S[keyof S]>): string
  /** What the invariants are about. Default: the world. */
  view?(world: World<S, Environment>): View
  /** What must hold at every moment, as sentences. */
  readonly always?: Readonly<Record<string, (view: NoInfer<View>) => boolean>>
  /** What must hold as soon as nothing is in flight. */
  readonly atRest?: Readonly<Record<string, (view: NoInfer<View>) => boolean>>
}

/** A decision failed, and not as a refusal: the message would become a dead letter. */
export class DecisionFailed extends Error {
  override readonly name = 'DecisionFailed'
}

/** Everything that can happen in a world, by the rules of the table. */
export function choreographyRules<S extends Services, Environment, View>(
  system: Choreography<S, Environment, View>,
) {
  type W = World<S, Environment>
  const names = Object.keys(system.services)
  const { hasInbox = false } = system
  const identify =
    system.identify?.bind(system) ?? ((fact: Fact) => `${fact.name} ${JSON.stringify(fact.data)}`)
  const consumers = new Map<string, readonly string[]>()
  const row = (service: string) => system.services[service] as unknown as Row
  const stateOf = ({ states }: W, service: string): unknown => states[service]
  const eventsOf = ({ published }: W): readonly Event[] => published

  function consumersOf({ name }: Fact): readonly string[] {
    const found = consumers.get(name) ?? names.filter((service) => row(service).consumes.includes(name))
    consumers.set(name, found)
    return found
  }

  function commitEvent(world: W, service: string, published: readonly Fact[], consumes?: Event): W {
    const { evolve } = row(service)
    const before = stateOf(world, service)
    const events = published.map(asEvent)
    const consumed = consumes ? evolve(before, consumes) : before
    const state = events.reduce((state, event) => evolve(state, event), consumed)
    if (state === before && events.length === 0) return world
    const next: W = { ...world, states: { ...world.states, [service]: state } }
    return withEnvironment(events.length === 0 ? next : publish(next, events))
  }

  function publish(world: W, events: readonly Event[]): W {
    const published = [...eventsOf(world), ...events] as readonly Event[] as W['published']
    return { ...world, published, messages: messagesOf(published) }
  }

  function withEnvironment(world: W): W {
    const environment = system.afterCommit?.(world) ?? world.environment
    return environment === world.environment ? world : { ...world, environment }
  }

  function messagesOf(published: W['published']): string[] {
    const seen = new Map<string, number>()
    return published.map((fact) => {
      const id = identify(fact)
      const count = (seen.get(id) ?? 0) + 1
      seen.set(id, count)
      return count === 1 ? id : `${id} #${count}`
    })
  }

  const deliveries = (world: W): Step<W>[] =>
    eventsOf(world).flatMap((event, i) =>
      consumersOf(event).flatMap((service) => {
        const message = `${service}:${world.messages[i]}`
        const isAgain = world.acknowledged.has(message)
        if (isAgain && hasInbox) return []
        const action = `${service} consumes ${event.name}${isAgain ? ' again' : ''}`
        const after = attempt(action, () => {
          const published = row(service).react(stateOf(world, service), event, world.environment)
          return commitEvent(world, service, published, event)
        })
        const acknowledged = isAgain ? after.acknowledged : new Set(after.acknowledged).add(message)
        return [{ action, to: isAgain ? after : { ...after, acknowledged } }]
      }),
    )

  const requests = (world: W): Step<W>[] =>
    names.flatMap((service) =>
      Object.entries(row(service).commands ?? {}).flatMap(([command, run]) => {
        const action = `${service}: ${command}`
        return attempt(action, () => {
          const published = unlessRefused(() => run(stateOf(world, service), world.environment))
          return published ? [{ action, to: commitEvent(world, service, published) }] : []
        })
      }),
    )

  const begin = (first: { readonly [Name in keyof S]?: readonly Fact[] }): W =>
    Object.entries(first).reduce<W>((world, [service, facts]) => commitEvent(world, service, facts ?? []), {
      states: {},
      published: [],
      messages: [],
      acknowledged: new Set(),
      environment: system.environment as Environment,
    })

  return {
    beginnings: (system.beginnings ?? [{}]).map(begin),
    from: (world: W): Step<W>[] => [
      ...requests(world),
      ...(system.steps?.(world, (at, service, published, consumes) =>
        commitEvent(at, service, published, consumes && asEvent(consumes)),
      ) ?? []),
      ...deliveries(world),
    ],
    /** The messages that a service has still to acknowledge, as `message to service`. */
    inFlight: (world: W): string[] =>
      eventsOf(world).flatMap((fact, i) =>
        consumersOf(fact)
          .filter((service) => !world.acknowledged.has(`${service}:${world.messages[i]}`))
          .map((service) => `${fact.name} to ${service}`),
      ),
  }
}

function unlessRefused<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}

function attempt<T>(action: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw new DecisionFailed(`${action}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}
