import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { retryDelay } from '../async/backoff.ts'
import { batcher } from '../async/batcher.ts'
import type { Database } from '../postgres/database.ts'
import { KeyBusy } from '../postgres/locks.ts'
import { requests } from '../postgres/schema.ts'
import { idOf, type KeyedRequest, requestRows } from './requests.ts'

type FinalAnswer = Pick<KeyedRequest, 'scope' | 'key'> & { readonly answer: object }

/** Shorter than the lease of a provisional answer, so that no repeat finishes the request meanwhile. */
const patienceMs = 3000

/**
 * Makes a function that replaces the provisional answer to a request by its final one. It resolves with the answer that
 * counts: the first final one, which another process may have given. A row that others have locked delays no other.
 * (finish-request.int.test: "is refused as busy while its row is locked, and delays no other")
 * @throws KeyBusy
 */
export function finishRequests(db: Database): (final: FinalAnswer) => Promise<object> {
  const finish = batcher(async (finals: FinalAnswer[]) => {
    // Of two final answers to one request in a batch, the first counts.
    const first = new Map(finals.toReversed().map((final) => [idOf(final), final]))
    const rows = await db.execute<{ scope: string; key: string; answer: object | null }>(sql`
      with final as (select * from ${requestRows([...first.values()])}), held as (
        select scope, key from ${requests} where (scope, key) in (select scope, key from final)
        for update skip locked
      ), finished as (
        update ${requests} set leased_until = null,
          answer = case when leased_until is null then ${requests}.answer else final.answer end
        from final join held using (scope, key)
        where (${requests}.scope, ${requests}.key) = (final.scope, final.key)
        returning ${requests}.scope, ${requests}.key, ${requests}.answer
      )
      select scope, key, answer from finished union all
      select scope, key, null from ${requests}
      where (scope, key) in (select scope, key from final) and (scope, key) not in (select scope, key from held)`)
    const answers = new Map(rows.map((row) => [idOf(row), row.answer]))
    return finals.map((final) => {
      const answer = answers.get(idOf(final))
      return { value: answer === undefined ? final.answer : answer }
    })
  })

  return async (final) => {
    for (let attempt = 1, deadline = performance.now() + patienceMs; ; attempt++) {
      const answer = await finish(final)
      if (answer) return answer
      if (performance.now() >= deadline) throw new KeyBusy(idOf(final))
      await delay(retryDelay(attempt, { firstMs: 50, maxMs: 500 }))
    }
  }
}
