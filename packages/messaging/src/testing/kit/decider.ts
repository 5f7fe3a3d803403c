import type { Event, Fact } from '../../events/event.ts'

/** The pure functions of one service: `C` are the events that it consumes, `P` those that it publishes. */
export interface Decider<State, C extends Fact, P extends Fact, Context = unknown> {
  /** What it publishes in reaction to an event, `[]` for nothing. */
  react(state: State | undefined, event: Event<C>, context: Context): readonly P[]
  /** The state after an event, consumed or its own; the same object when nothing changes. */
  evolve(state: State | undefined, event: Event<C | P>): State | undefined
}

/** The time of every event of the kit. */
export const kitTime = '2026-01-01T00:00:00.000Z'

const stampOfTest = {
  id: '019b7600-0000-7000-8000-000000000000',
  time: kitTime,
  causationId: 'a-test',
  traceparent: '00-00000000000000000000000000000001-0000000000000001-00',
}

/** The fact as an event: deciders may read its time. */
export const asEvent = <F extends Fact>(fact: F): Event<F> => ({ ...fact, ...stampOfTest })
