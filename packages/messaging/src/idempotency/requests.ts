import { type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../postgres/database.ts'
import { deleteInBatches } from '../postgres/delete-in-batches.ts'
import { requests } from '../postgres/schema.ts'

/** A request that its client may repeat, under a key that the client chose. */
export interface KeyedRequest {
  /** Whose key it is: two callers may choose the same. */
  readonly scope: string
  readonly key: string
  /** The same for all that ask for the same. */
  readonly fingerprint: string
}

/** What a request was answered; an answer that is not final may be replaced, once, by `finish`. */
export interface StoredAnswer {
  readonly answer: object
  readonly final: boolean
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

/** The requests that ask for the changes of one transaction. */
export interface Requests {
  /**
   * What it was answered before; undefined when it is new, and from then on it is in the hands of this transaction.
   * @throws RequestRefused when another one has it in hand, or when its key was used for something else
   */
  recall(request: KeyedRequest): StoredAnswer | undefined
  /** Keeps the answer; one that is not final yet is in the hands of this process for `finalWithinMs`. */
  remember(request: KeyedRequest, answer: object, finalWithinMs?: number): void
  /** Writes what is to be remembered. */
  save(): Promise<void>
}

type Row = { scope: string; key: string; fingerprint: string; answer: object; lease_ms: number | null }

/**
 * Takes the requests in hand until the end of the transaction, and reads what they were answered.
 *
 * The lock ends with the transaction, also when the process dies: there is no lease to wait for, and no trace of a
 * request that came to nothing. (requests.int.test: "leaves nothing behind when the process dies before the commit")
 */
export async function openRequests(tx: Transaction, asked: readonly KeyedRequest[]): Promise<Requests> {
  // Sent together: what is read is what the holder of the lock before left.
  const [inHand, known] =
    asked.length === 0 ? [[], []] : await Promise.all([lock(tx, asked), read(tx, asked)])
  const locked = new Set(inHand.map(idOf))
  const rows = new Map(known.map((row) => [idOf(row), row]))
  /** Those that an earlier change of this transaction has. */
  const taken = new Map<string, string>()
  const answers = new Map<string, object>()

  return {
    recall(request) {
      const id = idOf(request)
      const row = rows.get(id)
      const before = row?.fingerprint ?? taken.get(id) ?? request.fingerprint
      if (before !== request.fingerprint) throw new RequestRefused('idempotency-key-reused')
      if (row?.lease_ms === null) return { answer: row.answer, final: true }
      if (row && row.lease_ms > 0) throw new RequestRefused('request-in-progress', row.lease_ms)
      if (!locked.has(id) || taken.has(id)) throw new RequestRefused('request-in-progress')
      taken.set(id, request.fingerprint)
      return row && { answer: row.answer, final: false }
    },
    remember(request, answer, finalWithinMs) {
      const { scope, key, fingerprint } = request
      answers.set(idOf(request), { scope, key, fingerprint, answer, lease_ms: finalWithinMs })
    },
    save: () => write(tx, [...answers.values()]),
  }
}

export const idOf = ({ scope, key }: { scope: string; key: string }) => JSON.stringify([scope, key])

/** The rows as one JSON parameter. */
export const given = (rows: readonly object[]): SQL => sql`
  json_to_recordset(${JSON.stringify(rows)}::text::json)
    as given(scope text, key text, fingerprint text, answer json, lease_ms integer)`

// Tried, not waited for: who comes second is told so, and holds back nobody who shares the transaction.
async function lock(tx: Transaction, asked: readonly KeyedRequest[]) {
  return await tx.execute<{ scope: string; key: string }>(sql`
    select scope, key from (select distinct scope, key from ${given(asked)}) as wanted
    where pg_try_advisory_xact_lock(hashtextextended(key, hashtextextended(scope, 1)))`)
}

const read = (tx: Transaction, asked: readonly KeyedRequest[]) =>
  tx.execute<Row>(sql`
    select scope, key, fingerprint, answer, ceil(extract(epoch from leased_until - now()) * 1000)::integer as lease_ms
    from ${requests} where (scope, key) in (select scope, key from ${given(asked)})`)

// Sorted, so that two groups with the same requests cannot wait for each other.
async function write(tx: Transaction, answers: object[]): Promise<void> {
  if (answers.length === 0) return
  await tx.execute(sql`
    insert into ${requests} (scope, key, fingerprint, answer, leased_until)
    select scope, key, fingerprint, answer, now() + make_interval(secs => lease_ms / 1000.0) from ${given(answers)}
    order by scope, key
    on conflict (scope, key) do update set answer = excluded.answer, leased_until = excluded.leased_until
    where ${requests}.leased_until is not null`)
}

/** Forgets requests older than `olderThanMs`: who repeats one then makes a new one. */
export const pruneRequests = (db: Database, olderThanMs: number, stopping?: AbortSignal): Promise<void> =>
  deleteInBatches(
    db,
    requests,
    sql`created_at < now() - make_interval(secs => ${olderThanMs / 1000})`,
    stopping,
  )
