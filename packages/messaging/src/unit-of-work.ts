import { sql } from 'drizzle-orm'
import { type BatchLimits, batcher, type Outcome } from './async/batcher.ts'
import { type Cause, type Event, type Fact, stamp } from './events/event.ts'
import { type KeyedRequest, openRequests, type Requests, type StoredAnswer } from './idempotency/requests.ts'
import { claim, release } from './inbox/inbox.ts'
import type { Outbox } from './outbox/outbox.ts'
import { type Database, isDatabaseOutage, type Transaction } from './postgres/database.ts'

/** How the state behind one key is kept, and what events make of it. */
export interface Aggregate<State, F extends Fact> {
  /** The states behind `keys`, those that exist. The caller holds the locks. */
  load(tx: Transaction, keys: string[]): Promise<Map<string, State>>
  save(tx: Transaction, states: State[]): Promise<void>
  /** The state after an event, heard or said; the same object when nothing changes. */
  evolve(state: State | undefined, event: Event<F>): State | undefined
}

/** One decision on one key. */
export interface Change<State, Said extends Fact, F extends Fact = Fact> {
  readonly key: string
  readonly cause: Cause
  /** An event whose id goes into the inbox with the change; a second time, nothing is decided. */
  readonly handles?: string
  /** An event that the state itself remembers. */
  readonly consumes?: Event<F>
  /** The request that asks for it; made again, nothing is decided, and it is answered as before. */
  readonly request?: StoredRequest<State, Said> | undefined
  /** What is said, given the state before; `[]` for nothing. May refuse by throwing: then nothing changes. */
  decide(state: State | undefined): readonly Said[]
}

/** A request whose answer is kept in the transaction that makes it true. */
export interface StoredRequest<State, Said extends Fact> extends KeyedRequest {
  /** What is answered, also to a refusal; nothing is kept, and the refusal thrown, when it is undefined. */
  answer(outcome: Outcome<ChangeResult<State, Said>>): object | undefined
  /** The answer is not final yet, and this process will `finish` it within this time. */
  readonly finalWithinMs?: number | undefined
}

export interface ChangeResult<State, Said extends Fact> {
  readonly state: State | undefined
  readonly events: Event<Said>[]
  /** For a change that a request asks for: its answer, now or when it was first made. */
  readonly stored?: StoredAnswer
}

/** Commits a change with what it says; resolves after commit, rejects with what `decide` or the database threw. */
export type Commit<State, Said extends Fact, F extends Fact> = (
  change: Change<State, Said, F>,
) => Promise<ChangeResult<State, Said>>

interface Limits extends BatchLimits {
  readonly now?: () => Date
}

// A transaction costs about the same for one change as for ten: what keeps coming shares fewer of them, up to some
// 80 in a second wait for nobody.
const largerUnderLoad = (changes: number) => Math.min(12 + changes / 4, 40)

/**
 * Changes that arrive together are committed in one transaction: its statements do not grow with their number.
 *
 * A group that the database refuses is repeated change by change, so that one bad change holds back nobody else
 * (unit-of-work.int.test: "commits the neighbours of a change that the database refuses").
 */
export function unitOfWork<State, Said extends Fact, F extends Fact>(
  db: Database,
  outbox: Outbox,
  aggregate: Aggregate<State, Said | F>,
  { now = () => new Date(), size = 256, concurrency = 2, everyMs = largerUnderLoad }: Limits = {},
): Commit<State, Said, F> {
  type Group = Change<State, Said, F>[]
  type Outcomes = Outcome<ChangeResult<State, Said>>[]

  async function commit(changes: Group): Promise<Outcomes> {
    const outcomes = await db.transaction((tx) => apply(tx, changes))
    outbox.publish(saidIn(outcomes))
    return outcomes
  }

  async function apply(tx: Transaction, changes: Group): Promise<Outcomes> {
    const keys = [...new Set(changes.map(({ key }) => key))]
    const handled = changes.flatMap(({ handles }) => handles ?? [])
    const asked = changes.flatMap(({ request }) => request ?? [])
    // Sent together: the server runs them in this order, and the load sees what the lock waited for.
    const [, requests, fresh, states] = await Promise.all([
      lock(tx, keys),
      openRequests(tx, asked),
      claim(tx, handled),
      aggregate.load(tx, keys),
    ])
    const before = new Map(states)
    const outcomes = changes.map((change) => answering(change, requests, () => decide(change, fresh, states)))
    const changed = keys.flatMap((key) => {
      const state = states.get(key)
      return state === undefined || state === before.get(key) ? [] : [state]
    })
    await Promise.all([
      aggregate.save(tx, changed),
      outbox.append(tx, saidIn(outcomes)),
      // What is still fresh was refused: kept in the inbox, it would never be handled.
      // (unit-of-work.int.test: "decides again about an event that was refused")
      release(tx, [...fresh]),
      requests.save(),
    ])
    return outcomes
  }

  const saidIn = (outcomes: Outcomes): Event<Said>[] =>
    outcomes.flatMap((outcome) => ('value' in outcome ? outcome.value.events : []))

  function decide(
    { key, cause, handles, consumes, decide }: Change<State, Said, F>,
    fresh: Set<string>,
    states: Map<string, State>,
  ): Outcome<ChangeResult<State, Said>> {
    const state = states.get(key)
    if (handles !== undefined && !fresh.has(handles)) return { value: { state, events: [] } }
    try {
      const events = decide(state).map((fact) => stamp(fact, cause, now()))
      const heard: Event<Said | F>[] = consumes ? [consumes, ...events] : events
      const after = heard.reduce(aggregate.evolve, state)
      if (after !== undefined) states.set(key, after)
      // Of two equal messages in one group, the first goes through, and only that.
      if (handles !== undefined) fresh.delete(handles)
      return { value: { state: after, events } }
    } catch (error) {
      return { error }
    }
  }

  async function commitGroup(changes: Group): Promise<Outcomes> {
    try {
      return await commit(changes)
    } catch (error) {
      if (changes.length === 1 || isDatabaseOutage(error)) throw error
      const outcomes: Outcomes = []
      for (const change of changes) outcomes.push(...(await commit([change]).catch((error) => [{ error }])))
      return outcomes
    }
  }

  return batcher(commitGroup, { size, concurrency, everyMs })
}

/** Decides a change that no request asks for, or a new one; a request made again gets its answer of before. */
function answering<State, Said extends Fact>(
  { request }: { readonly request?: StoredRequest<State, Said> | undefined },
  requests: Requests,
  decide: () => Outcome<ChangeResult<State, Said>>,
): Outcome<ChangeResult<State, Said>> {
  if (!request) return decide()
  let before: StoredAnswer | undefined
  try {
    before = requests.recall(request)
  } catch (error) {
    return { error }
  }
  if (before?.final) return { value: { ...unchanged, stored: before } }
  const outcome = before ? { value: unchanged } : decide()
  const answer = before ? before.answer : request.answer(outcome)
  if (answer === undefined) return outcome
  const finalWithinMs = 'value' in outcome ? request.finalWithinMs : undefined
  requests.remember(request, answer, finalWithinMs)
  const changed = 'value' in outcome ? outcome.value : unchanged
  return { value: { ...changed, stored: { answer, final: finalWithinMs === undefined } } }
}

const unchanged = { state: undefined, events: [] }

// A row lock cannot guard a row that is not there yet: two first events would race. Sorted, so that two groups
// cannot wait for each other. (unit-of-work.int.test: "twenty first events at once make one state")
async function lock(tx: Transaction, keys: string[]): Promise<void> {
  await tx.execute(sql`
    select pg_advisory_xact_lock(k) from (
      select distinct hashtextextended(key, 0) as k from jsonb_array_elements_text(${JSON.stringify(keys)}::text::jsonb) as key
      order by k
    ) as sorted`)
}
