import { type SQL, sql } from 'drizzle-orm'
import type { Outcome } from '../async/batcher.ts'
import { type Database, inMs, type Transaction } from '../postgres/database.ts'
import { deleteInBatches } from '../postgres/delete-in-batches.ts'
import { requests } from '../postgres/schema.ts'

/** A request that its client may repeat under a key that the client chose. */
export interface KeyedRequest {
  /** Whose key it is: two callers may choose the same one. */
  readonly scope: string
  readonly key: string
  /** A hash of what the request asks for; a repeat has the same. */
  readonly fingerprint: string
}

/** A request whose answer is stored in the transaction that makes it true. */
export interface StoredRequest<Result> extends KeyedRequest {
  /** The answer to a change or to its refusal; `undefined`: nothing is stored, and a refusal is thrown. */
  answer(outcome: Outcome<Result>): object | undefined
  /** Set when the answer is provisional: this process replaces it within this time, in ms. */
  readonly finalWithinMs?: number | undefined
}

/** The stored answer to a request; `finishRequests` replaces one that is not final, once. */
export interface StoredAnswer {
  readonly answer: object
  readonly isFinal: boolean
}

export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  readonly code: 'request-in-progress' | 'idempotency-key-reused'
  readonly retryAfterMs: number
  constructor(code: RequestRefused['code'], retryAfterMs = 1000) {
    super(code)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

interface Row extends Record<string, unknown> {
  readonly scope: string
  readonly key: string
  readonly fingerprint: string
  readonly answer: object
  readonly lease_ms: number | null
  /** Others have locked the row: its answer cannot be replaced now. */
  readonly is_busy: boolean
}

/**
 * Locks the requests that ask for the changes of one transaction until its end, and reads their stored answers.
 *
 * The lock ends with the transaction, also when the process dies: no lease has to run out, and a request that failed
 * leaves no trace. (requests.int.test: "leaves no trace when the process dies before the commit")
 */
export async function openRequests(tx: Transaction, asked: readonly KeyedRequest[]) {
  // Sent together: the read sees what the previous holder of the lock wrote.
  const [lockedRows, storedRows] =
    asked.length === 0 ? [[], []] : await Promise.all([lock(tx, asked), read(tx, asked)])
  const locked = new Set(lockedRows.map(idOf))
  const rows = new Map(storedRows.map((row) => [idOf(row), row]))
  /** The fingerprints of the requests that an earlier change of this transaction belongs to, by id. */
  const claimed = new Map<string, string>()
  const answers = new Map<string, object>()

  /** @returns the stored answer; undefined for a new request, which this transaction now owns */
  function claim(request: KeyedRequest): StoredAnswer | undefined {
    const id = idOf(request)
    const row = rows.get(id)
    const fingerprint = row?.fingerprint ?? claimed.get(id) ?? request.fingerprint
    if (fingerprint !== request.fingerprint) throw new RequestRefused('idempotency-key-reused')
    if (row?.lease_ms === null) return { answer: row.answer, isFinal: true }
    if (row && isLeased(row.lease_ms)) throw new RequestRefused('request-in-progress', row.lease_ms)
    if (row?.is_busy || !locked.has(id) || claimed.has(id)) throw new RequestRefused('request-in-progress')
    claimed.set(id, request.fingerprint)
    return row && { answer: row.answer, isFinal: false }
  }

  return {
    /** Makes a change for a new request and stores the answer; a repeat changes nothing and gets the stored answer. */
    once<Result>(
      request: StoredRequest<Result>,
      change: () => Outcome<Result>,
      unchanged: Result,
    ): Outcome<Result | (Result & { readonly stored: StoredAnswer })> {
      let stored: StoredAnswer | undefined
      try {
        stored = claim(request)
      } catch (error) {
        return { error }
      }
      if (stored?.isFinal) return { value: { ...unchanged, stored } }
      const outcome = stored ? { value: unchanged } : change()
      const answer = stored ? stored.answer : request.answer(outcome)
      if (answer === undefined) return outcome
      const leaseMs = 'value' in outcome ? request.finalWithinMs : undefined
      const { scope, key, fingerprint } = request
      answers.set(idOf(request), { scope, key, fingerprint, answer, lease_ms: leaseMs })
      const result = 'value' in outcome ? outcome.value : unchanged
      return { value: { ...result, stored: { answer, isFinal: leaseMs === undefined } } }
    },
    /** Writes the answers. */
    save: () => write(tx, [...answers.values()]),
  }
}

/**
 * Longer than any request waits: a lease that ends later was given before the database's clock was set back.
 * (finish-request.int.test: "goes to a repeat though the clock of the database was set back")
 */
const longestLeaseMs = 10 * 60_000

const isLeased = (leaseMs: number): boolean => leaseMs > 0 && leaseMs <= longestLeaseMs

export const idOf = ({ scope, key }: { scope: string; key: string }) => JSON.stringify([scope, key])

/** The rows as one JSON parameter. */
export const requestRows = (rows: readonly object[]): SQL => sql`
  json_to_recordset(${JSON.stringify(rows)}::text::json)
    as given(scope text, key text, fingerprint text, answer json, lease_ms integer)`

// Does not wait for the lock: the second of two equal requests is refused at once, and delays no other change of its
// transaction.
const lock = (tx: Transaction, asked: readonly KeyedRequest[]) =>
  tx.execute<{ scope: string; key: string }>(sql`
    select scope, key from (select distinct scope, key from ${requestRows(asked)}) as wanted
    where pg_try_advisory_xact_lock(hashtextextended(key, hashtextextended(scope, 1)))`)

// Locks the rows whose answers may be replaced, so that no other process makes them final meanwhile. Waits for none.
// (requests.int.test: "whose row is locked is refused at once, and delays no other")
const read = (tx: Transaction, asked: readonly KeyedRequest[]) =>
  tx.execute<Row>(sql`
    with held as (
      select scope, key from ${requests}
      where (scope, key) in (select scope, key from ${requestRows(asked)})
        and (leased_until <= now() or leased_until > ${inMs(longestLeaseMs)})
      for no key update skip locked
    )
    select scope, key, fingerprint, answer,
      least(ceil(extract(epoch from leased_until - now()) * 1000), 2147483647)::integer as lease_ms,
      leased_until is not null and (scope, key) not in (select scope, key from held) as is_busy
    from ${requests} where (scope, key) in (select scope, key from ${requestRows(asked)})`)

// Sorted, so that two transactions with the same requests cannot deadlock.
async function write(tx: Transaction, answers: object[]): Promise<void> {
  if (answers.length === 0) return
  await tx.execute(sql`
    insert into ${requests} (scope, key, fingerprint, answer, leased_until)
    select scope, key, fingerprint, answer, now() + make_interval(secs => lease_ms / 1000.0) from ${requestRows(answers)}
    order by scope, key
    on conflict (scope, key) do update set answer = excluded.answer, leased_until = excluded.leased_until`)
}

/** Deletes requests older than `olderThanMs`; a repeat after that counts as a new request. */
export const pruneRequests = (db: Database, olderThanMs: number, stopping?: AbortSignal): Promise<void> =>
  deleteInBatches(db, requests, sql`created_at < ${inMs(-olderThanMs)}`, stopping)
