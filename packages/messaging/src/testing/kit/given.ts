import assert from 'node:assert/strict'
import type { Fact } from '../../events/event.ts'
import { asEvent, type Decider } from './decider.ts'

/** What a decision led to. Each check throws an `AssertionError`, and returns the same object. */
export interface Decided<State, P extends Fact> {
  /** It published these facts in this sequence, or nothing. */
  publishes(...facts: readonly P[]): Decided<State, P>
  /** Its state afterwards equals this one. */
  becomes(state: State | undefined): Decided<State, P>
  /** Nothing was published, and the state is the very same object: nothing is stored. */
  changesNothing(): Decided<State, P>
  /** It was refused with an error of this `code`. */
  refuses(code: string): void
  /** The state afterwards. Throws what the decision threw. */
  readonly state: State | undefined
}

/** An event that is consumed, or a command: a function of the state. */
type When<State, C extends Fact, P extends Fact> = C | ((state: State | undefined) => readonly P[])

/**
 * A test of a pure decider in three steps:
 * `given(delivery, approved, started).when(orderCancelled).publishes(cancelled)`.
 * @param past the events that made the state, consumed and its own
 */
export function given<State, C extends Fact, P extends Fact>(
  decider: Decider<State, C, P>,
  ...past: readonly NoInfer<C | P>[]
) {
  return givenState(decider, stateAfter(decider, undefined, past))
}

/** As `given`, with a state in the place of its events. */
export function givenState<State, C extends Fact, P extends Fact>(
  decider: Decider<State, C, P>,
  state: State | undefined,
) {
  function happen(before: State | undefined, happens: When<State, C, P>) {
    const isCommand = typeof happens === 'function'
    const published = isCommand ? happens(before) : decider.react(before, asEvent(happens), undefined)
    const after = stateAfter(decider, before, isCommand ? published : [happens, ...published])
    return { after, published }
  }

  return {
    state,
    /** What the events and commands lead to, one after the other. */
    when(...all: readonly When<State, NoInfer<C>, NoInfer<P>>[]): Decided<State, P> {
      try {
        const published: P[] = []
        let after = state
        for (const happens of all) {
          const next = happen(after, happens)
          after = next.after
          published.push(...next.published)
        }
        return decided(state, after, published)
      } catch (error) {
        return refused(error)
      }
    },
  }
}

const stateAfter = <State, C extends Fact, P extends Fact>(
  decider: Decider<State, C, P>,
  state: State | undefined,
  facts: readonly (C | P)[],
): State | undefined =>
  facts.reduce<State | undefined>((before, fact) => decider.evolve(before, asEvent(fact)), state)

function decided<State, P extends Fact>(
  before: State | undefined,
  state: State | undefined,
  published: readonly P[],
): Decided<State, P> {
  const all: Decided<State, P> = {
    state,
    publishes(...facts) {
      assert.deepEqual(published, facts)
      return all
    },
    becomes(expected) {
      assert.deepEqual(state, expected)
      return all
    },
    changesNothing() {
      assert.deepEqual(published, [])
      assert.ok(state === before, 'the state is another object')
      return all
    },
    refuses(code) {
      assert.fail(`not refused with ${code}: it publishes ${JSON.stringify(published)}`)
    },
  }
  return all
}

function refused<State, P extends Fact>(error: unknown): Decided<State, P> {
  const rethrow = () => {
    throw error
  }
  return {
    get state() {
      return rethrow()
    },
    publishes: rethrow,
    becomes: rethrow,
    changesNothing: rethrow,
    refuses(code) {
      // Anything else is a mistake in the decider, with a stack worth seeing.
      if (!(error instanceof Error && 'code' in error)) throw error
      assert.equal(error.code, code)
    },
  }
}
