import { sql } from 'drizzle-orm'
import { batcher } from '../async/batcher.ts'
import type { Database } from '../postgres/database.ts'
import { requests } from '../postgres/schema.ts'
import { given, idOf, type KeyedRequest } from './requests.ts'

type Finished = { scope: string; key: string; answer: object }

/** Gives a request its final answer, and tells the one that counts: the first. */
export type Finish = (request: Pick<KeyedRequest, 'scope' | 'key'>, answer: object) => Promise<object>

export function openFinish(db: Database): Finish {
  const finish = batcher(async (answers: Finished[]) => {
    // Of two answers to one request in a group, the first counts.
    const first = new Map(answers.toReversed().map((one) => [idOf(one), one]))
    const rows = await db.execute<Finished>(sql`
      with final as (select * from ${given([...first.values()])}), held as (
        select scope, key from ${requests} where (scope, key) in (select scope, key from final)
        order by scope, key for update
      )
      update ${requests} set leased_until = null,
        answer = case when leased_until is null then ${requests}.answer else final.answer end
      from final join held using (scope, key)
      where (${requests}.scope, ${requests}.key) = (final.scope, final.key)
      returning ${requests}.scope, ${requests}.key, ${requests}.answer`)
    const counts = new Map(rows.map((row) => [idOf(row), row.answer]))
    return answers.map((one) => ({ value: counts.get(idOf(one)) ?? one.answer }))
  })
  return ({ scope, key }, answer) => finish({ scope, key, answer })
}
