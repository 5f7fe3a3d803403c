import type { NatsAccess } from '@saucery/local/access/nats-users'
import { connect, type NatsConnection } from 'nats'
import postgres, { type Sql } from 'postgres'

/** Connects as the user that may create every stream, while `use` runs. */
export async function withNats<T>(
  { url, users: { provisioner } }: NatsAccess,
  use: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const connection = await connect({
    servers: url.split(','),
    inboxPrefix: '_INBOX_provisioner',
    noAsyncTraces: true,
    ...(provisioner.user === undefined ? {} : { user: provisioner.user, pass: provisioner.password ?? '' }),
  })
  try {
    return await use(connection)
  } finally {
    await connection.close()
  }
}

/** Opens one connection to a Postgres database while `use` runs. */
export async function withSql<T>(url: string, use: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await use(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
