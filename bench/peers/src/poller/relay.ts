import { setTimeout as sleep } from 'node:timers/promises'
import type { JetStreamClient } from 'nats'
import type { Sql } from 'postgres'

const POLL_MS = 50

/** Publishes the outbox, one row a transaction, and looks again after a pause when it is empty. */
export async function relay(sql: Sql, js: JetStreamClient): Promise<never> {
  for (;;) if (!(await publishNext(sql, js))) await sleep(POLL_MS)
}

const publishNext = (sql: Sql, js: JetStreamClient): Promise<boolean> =>
  sql.begin(async (tx) => {
    const [row] = await tx`
      select id, event_id, subject, data from outbox where published_at is null
      order by id limit 1 for update skip locked`
    if (!row) return false
    await js.publish(row.subject, JSON.stringify(row.data), { msgID: row.event_id })
    await tx`update outbox set published_at = now() where id = ${row.id}`
    return true
  })
