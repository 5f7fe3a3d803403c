import { streams } from '@saucery/contracts/choreography'
import type { System } from '@saucery/local/system/system'
import { connect } from 'nats'
import postgres from 'postgres'

type DatabaseName = 'orders' | 'payments' | 'deliveries'
export type Transactions = Partial<Record<DatabaseName, number>>

/** Transactions that each database has committed. */
export async function transactionCount({ databases }: System): Promise<Transactions> {
  const names = ['orders', 'payments', 'deliveries'] as const
  const counts = names.map(async (name) => [name, await commitsOf(databases[name])])
  return Object.fromEntries(await Promise.all(counts))
}

async function commitsOf(url: string): Promise<number> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const [row] = await sql`select xact_commit from pg_stat_database where datname = current_database()`
    return Number(row?.xact_commit)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Statements that the services' databases have run; undefined where the server does not count them. */
export async function statementCount({ servers, databases }: System): Promise<number | undefined> {
  const sql = postgres(servers.postgres.url, { max: 1, onnotice: () => {} })
  try {
    await sql`create extension if not exists pg_stat_statements`
    const names = Object.values(databases).map((url) => new URL(url).pathname.slice(1))
    const [row] = await sql`
      select sum(calls) as calls from pg_stat_statements
      join pg_database on pg_database.oid = dbid where datname = any(${names})`
    return Number(row?.calls)
  } catch {
    return undefined
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Messages in the services' streams, none of which is ever deleted. */
export async function messageCount({ nats: { url, users } }: System): Promise<number> {
  const { user, password } = users.provisioner
  const connection = await connect({
    servers: url.split(','),
    inboxPrefix: '_INBOX_provisioner',
    ...(user === undefined ? {} : { user, pass: password ?? '' }),
  })
  try {
    const jsm = await connection.jetstreamManager({ checkAPI: false })
    const infos = await Promise.all(streams.map(({ name }) => jsm.streams.info(name)))
    return infos.reduce((sum, { state }) => sum + state.last_seq, 0)
  } finally {
    await connection.close()
  }
}
