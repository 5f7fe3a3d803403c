import { sql } from 'drizzle-orm'
import { batcher } from '../async/batcher.ts'
import type { Database } from '../postgres/database.ts'
import { requests } from '../postgres/schema.ts'
import { idOf, type KeyedRequest, requestRows } from './requests.ts'

type FinalAnswer = Pick<KeyedRequest, 'scope' | 'key'> & { readonly answer: object }

/**
 * Makes a function that replaces the provisional answer to a request by its final one. It resolves with the answer that
 * counts: the first final one, which another process may have given.
 */
export function finishRequests(db: Database): (final: FinalAnswer) => Promise<object> {
  return batcher(async (finals: FinalAnswer[]) => {
    // Of two final answers to one request in a batch, the first counts.
    const first = new Map(finals.toReversed().map((final) => [idOf(final), final]))
    const rows = await db.execute<{ scope: string; key: string; answer: object }>(sql`
      with final as (select * from ${requestRows([...first.values()])}), held as (
        select scope, key from ${requests} where (scope, key) in (select scope, key from final)
        order by scope, key for update
      )
      update ${requests} set leased_until = null,
        answer = case when leased_until is null then ${requests}.answer else final.answer end
      from final join held using (scope, key)
      where (${requests}.scope, ${requests}.key) = (final.scope, final.key)
      returning ${requests}.scope, ${requests}.key, ${requests}.answer`)
    const answers = new Map(rows.map((row) => [idOf(row), row.answer]))
    return finals.map((final) => ({ value: answers.get(idOf(final)) ?? final.answer }))
  })
}
