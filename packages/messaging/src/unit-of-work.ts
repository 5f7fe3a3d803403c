import type { PgTable } from 'drizzle-orm/pg-core'
import { type BatchLimits, batcher, type Outcome } from './async/batcher.ts'
import { openApart } from './commit-apart.ts'
import { type Cause, type Event, type Fact, stamp } from './events/event.ts'
import { openRequests, type StoredAnswer, type StoredRequest } from './idempotency/requests.ts'
import { claim, release } from './inbox/inbox.ts'
import type { Outbox } from './outbox/outbox.ts'
import { type Database, isDatabaseOutage, type Transaction } from './postgres/database.ts'
import {
  blockedAmong,
  isLockTimeout,
  isStatementTimeout,
  limitWaits,
  lockKeys,
  type WaitLimits,
} from './postgres/locks.ts'

/** How the state of one key is stored, and how events change it. */
export interface Aggregate<State, F extends Fact> {
  /** The table of the states. Its primary key is the key. */
  readonly table: PgTable
  /** The existing states of these keys. The caller holds their locks. */
  load(tx: Transaction, keys: string[]): Promise<Map<string, State>>
  save(tx: Transaction, states: State[]): Promise<void>
  /** The state after an event, consumed or published; the same object when nothing changes. */
  evolve(state: State | undefined, event: Event<F>): State | undefined
}

/** One decision on the state of one key; `P` are the facts that it may publish. */
export interface Change<State, P extends Fact, F extends Fact = Fact> {
  readonly key: string
  readonly cause: Cause
  /** The id of the event that is handled; it enters the inbox, and a redelivery decides nothing. */
  readonly handles?: string
  /** A consumed event that becomes part of the state. */
  readonly consumes?: Event<F>
  /** The request that asks for the change; a repeat decides nothing and gets the stored answer. */
  readonly request?: StoredRequest<ChangeResult<State, P>> | undefined
  /** The facts to publish, `[]` for none. Refuses by throwing: then nothing changes. */
  decide(state: State | undefined): readonly P[]
}

export interface ChangeResult<State, P extends Fact> {
  readonly state: State | undefined
  /** The events that are published. */
  readonly events: Event<P>[]
  /** The answer to the request that asked for the change. */
  readonly stored?: StoredAnswer
}

/** Resolves after the commit; rejects with the error of `decide` or of the database. */
export type Commit<State, P extends Fact, F extends Fact> = (
  change: Change<State, P, F>,
) => Promise<ChangeResult<State, P>>

// A transaction of one change costs about as much as one of ten. Up to some 80 changes a second none has to wait;
// above that, fewer and larger transactions share the load.
const largerUnderLoad = (changes: number) => Math.min(12 + changes / 4, 40)

// A group waits for its slowest member. What one may wait for, each other one may have to.
const inGroup: WaitLimits = { lockMs: 250, statementMs: 5000 }
const alone: WaitLimits = { lockMs: 100, statementMs: 15_000 }

/**
 * Commits changes that arrive together in one transaction, a group; its number of statements does not grow with theirs.
 *
 * A key that others have locked leaves its group, which is repeated without it. A group that the database refuses, or
 * that is slow, is repeated change by change, so that a bad change fails alone. A key whose change failed stays apart.
 * (locked-rows.int.test: "hold up no other change, and are changed when they are released")
 */
export function unitOfWork<State, P extends Fact, F extends Fact>(
  db: Database,
  outbox: Outbox,
  aggregate: Aggregate<State, P | F>,
  limits: BatchLimits = {},
): Commit<State, P, F> {
  type Changes = Change<State, P, F>[]
  type Result = ChangeResult<State, P>
  type Outcomes = Outcome<Result>[]
  const unchanged: ChangeResult<State, P> = { state: undefined, events: [] }

  const apart = openApart(async (change: Changes[number]) => {
    const [outcome] = await commit([change], alone)
    return outcome as Outcomes[number]
  })

  /** @returns no result for a change that has to be committed apart */
  async function commitGroup(changes: Changes, tries = 1): Promise<Outcome<Result | undefined>[]> {
    try {
      return await commit(changes, inGroup)
    } catch (error) {
      if (isDatabaseOutage(error) && !isStatementTimeout(error)) throw error
      const keys = changes.map(({ key }) => key)
      const blocked = isLockTimeout(error) ? await blockedAmong(db, aggregate.table, keys) : new Set(keys)
      // What the group waited for may be free again, or is no lock of a key.
      const leaving = blocked.size > 0 || tries < 2 ? blocked : new Set(keys)
      for (const key of leaving) apart.add(key)
      const others = changes.filter(({ key }) => !leaving.has(key))
      const rest = others.length > 0 ? await commitGroup(others, tries + 1) : []
      return changes.map(({ key }) => (leaving.has(key) ? { value: undefined } : rest.shift())) as typeof rest
    }
  }

  async function commit(changes: Changes, limits: WaitLimits): Promise<Outcomes> {
    const outcomes = await db.transaction((tx) => apply(tx, changes, limits))
    outbox.publish(eventsIn(outcomes))
    return outcomes
  }

  async function apply(tx: Transaction, changes: Changes, limits: WaitLimits): Promise<Outcomes> {
    const keys = [...new Set(changes.map(({ key }) => key))]
    const asked = changes.flatMap(({ request }) => request ?? [])
    const handled = changes.flatMap(({ handles }) => handles ?? [])
    // Sent together: the server runs them in this order, so the load sees what previous holders of the locks wrote.
    const [, , requests, fresh, states] = await Promise.all([
      limitWaits(tx, limits),
      lockKeys(tx, keys),
      openRequests(tx, asked),
      claim(tx, handled),
      aggregate.load(tx, keys),
    ])
    const before = new Map(states)
    const outcomes = changes.map((change) => {
      const decideNow = () => decide(change, fresh, states)
      return change.request ? requests.once(change.request, decideNow, unchanged) : decideNow()
    })
    const changed = keys.flatMap((key) => {
      const state = states.get(key)
      return state === undefined || state === before.get(key) ? [] : [state]
    })
    await Promise.all([
      aggregate.save(tx, changed),
      outbox.append(tx, eventsIn(outcomes)),
      // Events that are still fresh were refused; left in the inbox, they would never be handled.
      // (unit-of-work.int.test: "decides again about an event that was refused")
      release(tx, [...fresh]),
      requests.save(),
    ])
    return outcomes
  }

  /** @param fresh the ids of events that the inbox did not know; a handled one is removed */
  function decide(
    { key, cause, handles, consumes, decide }: Change<State, P, F>,
    fresh: Set<string>,
    states: Map<string, State>,
  ): Outcome<ChangeResult<State, P>> {
    const state = states.get(key)
    if (handles !== undefined && !fresh.has(handles)) return { value: { state, events: [] } }
    try {
      const events = decide(state).map((fact) => stamp(fact, cause, new Date()))
      const all: Event<P | F>[] = consumes ? [consumes, ...events] : events
      const after = all.reduce(aggregate.evolve, state)
      if (after !== undefined) states.set(key, after)
      // A second copy of the event in this batch decides nothing.
      if (handles !== undefined) fresh.delete(handles)
      return { value: { state: after, events } }
    } catch (error) {
      return { error }
    }
  }

  const together = batcher((changes: Changes) => commitGroup(changes), {
    concurrency: 2,
    everyMs: largerUnderLoad,
    ...limits,
  })
  return async (change) => {
    const result = apart.has(change.key) ? undefined : await together(change)
    return result ?? apart.commit(change)
  }
}

const eventsIn = <State, P extends Fact>(outcomes: Outcome<ChangeResult<State, P>>[]): Event<P>[] =>
  outcomes.flatMap((outcome) => ('value' in outcome ? outcome.value.events : []))
