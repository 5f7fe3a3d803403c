import { getTableName } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { BatchLimits, Outcome } from './async/batcher.ts'
import { commitTogether } from './commit-together.ts'
import { type Cause, type Event, type Fact, stamp } from './events/event.ts'
import { openRequests, type StoredAnswer, type StoredRequest } from './idempotency/requests.ts'
import { freshAmong, type Handled, recordHandled } from './inbox/inbox.ts'
import type { Outbox } from './outbox/outbox.ts'
import type { Database, Transaction } from './postgres/database.ts'
import { blockedAmong, lockKeys, type WaitLimits } from './postgres/locks.ts'
import { sharedSpans } from './traces/shared-spans.ts'

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
  /** The event that is handled; it enters the inbox, and a redelivery decides nothing. */
  readonly handles?: Handled
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

/** Commits changes that arrive together in one transaction; its number of statements does not grow with theirs. */
export function unitOfWork<State, P extends Fact, F extends Fact>(
  db: Database,
  outbox: Outbox,
  aggregate: Aggregate<State, P | F>,
  batches: BatchLimits<Change<State, P, F>> = {},
): Commit<State, P, F> {
  type Changes = Change<State, P, F>[]
  type Result = ChangeResult<State, P>
  type Outcomes = Outcome<Result>[]
  const unchanged: ChangeResult<State, P> = { state: undefined, events: [] }
  const table = getTableName(aggregate.table)
  const spans = sharedSpans<Change<State, P, F>>({
    name: `commit ${table}`,
    shared: `transaction ${table}`,
    database: { 'db.system.name': 'postgresql', 'db.collection.name': table },
    keyOf: ({ key }) => key,
    causeOf: ({ cause }) => cause.traceparent,
  })

  async function commit(changes: Changes, limits: WaitLimits): Promise<Outcomes> {
    const outcomes = await spans.together(changes, async () => {
      const { outcomes, written } = await db.transaction((tx) => apply(tx, changes, limits))
      await written
      return outcomes
    })
    outbox.publish(eventsIn(outcomes))
    return outcomes
  }

  async function apply(tx: Transaction, changes: Changes, limits: WaitLimits) {
    const keys = [...new Set(changes.map(({ key }) => key))]
    const asked = changes.flatMap(({ request }) => request ?? [])
    const handled = changes.flatMap(({ handles }) => handles ?? [])
    // Sent together, with `begin`: the server runs them in this order, so what is read is what previous holders of the
    // locks wrote. None of them writes, because `begin` can still fail.
    const [, requests, fresh, states] = await Promise.all([
      lockKeys(tx, keys, limits),
      openRequests(tx, asked),
      freshAmong(
        tx,
        handled.map(({ id }) => id),
      ),
      aggregate.load(tx, keys),
    ])
    const before = new Map(states)
    const wasFresh = new Set(fresh)
    const outcomes = changes.map((change) => {
      const decideNow = () => decide(change, fresh, states)
      return change.request ? requests.once(change.request, decideNow, unchanged) : decideNow()
    })
    const changed = keys.flatMap((key) => {
      const state = states.get(key)
      return state === undefined || state === before.get(key) ? [] : [state]
    })
    // Sent together, with `commit`: not awaited here.
    const written = Promise.all([
      aggregate.save(tx, changed),
      outbox.append(tx, eventsIn(outcomes)),
      // Events that are still fresh were refused; in the inbox, they would never be handled.
      // (unit-of-work.int.test: "decides again about an event that was refused")
      recordHandled(
        tx,
        handled.filter(({ id }) => wasFresh.has(id) && !fresh.has(id)),
      ),
      requests.save(),
    ])
    written.catch(() => {})
    return { outcomes, written }
  }

  /** @param fresh the ids of events that the inbox did not know; a handled one is removed */
  function decide(
    change: Change<State, P, F>,
    fresh: Set<string>,
    states: Map<string, State>,
  ): Outcome<ChangeResult<State, P>> {
    const { key, handles, consumes, decide } = change
    const { traceparent } = change.cause
    const cause = { ...change.cause, traceparent: spans.traceparentFor(change) ?? traceparent }
    const state = states.get(key)
    if (handles !== undefined && !fresh.has(handles.id)) return { value: { state, events: [] } }
    try {
      const events = decide(state).map((fact) => stamp(fact, cause, new Date()))
      const all: Event<P | F>[] = consumes ? [consumes, ...events] : events
      const after = all.reduce(aggregate.evolve, state)
      if (after !== undefined) states.set(key, after)
      // A second copy of the event in this batch decides nothing.
      if (handles !== undefined) fresh.delete(handles.id)
      return { value: { state: after, events } }
    } catch (error) {
      return { error }
    }
  }

  const blocked = (keys: readonly string[]) => blockedAmong(db, aggregate.table, keys)
  // A request waits behind no backlog of events, and no event behind many requests.
  // (unit-of-work.int.test: "commits a request beside a backlog of events")
  const laneOf = ({ handles }: Change<State, P, F>) => (handles === undefined ? 'requests' : 'events')
  return spans.each(commitTogether({ commit, blockedAmong: blocked }, { laneOf, ...batches }))
}

const eventsIn = <State, P extends Fact>(outcomes: Outcome<ChangeResult<State, P>>[]): Event<P>[] =>
  outcomes.flatMap((outcome) => ('value' in outcome ? outcome.value.events : []))
