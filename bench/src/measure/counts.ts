import { streams } from '@saucery/contracts/choreography'
import type { System } from '@saucery/local/system/system'
import { withNats, withSql } from '../run/stores.ts'

/** Committed transactions, statements, and messages ever written to the services' streams, which keep every message. */
export const countsOf = async (system: System) => ({
  transactions: await transactionCount(system),
  totals: { statements: await statementCount(system), messages: await messageCount(system) },
})

async function transactionCount({ databases }: System) {
  const names = ['orders', 'payments', 'deliveries'] as const
  const counts = names.map(async (name) => [name, await commitsOf(databases[name])])
  return Object.fromEntries(await Promise.all(counts)) as Record<(typeof names)[number], number>
}

const commitsOf = (url: string): Promise<number> =>
  withSql(url, async (sql) => {
    const [row] = await sql`select xact_commit from pg_stat_database where datname = current_database()`
    return Number(row?.xact_commit)
  })

/** Undefined where the server does not count statements. */
const statementCount = ({ servers, databases }: System): Promise<number | undefined> =>
  withSql(servers.postgres.url, async (sql) => {
    await sql`create extension if not exists pg_stat_statements`
    const names = Object.values(databases).map((url) => new URL(url).pathname.slice(1))
    const [row] = await sql`
      select sum(calls) as calls from pg_stat_statements
      join pg_database on pg_database.oid = dbid where datname = any(${names})`
    return Number(row?.calls)
  }).catch(() => undefined)

const messageCount = ({ nats }: System): Promise<number> =>
  withNats(nats, async (connection) => {
    const jsm = await connection.jetstreamManager({ checkAPI: false })
    const infos = await Promise.all(streams.map(({ name }) => jsm.streams.info(name)))
    return infos.reduce((sum, { state }) => sum + state.last_seq, 0)
  })
