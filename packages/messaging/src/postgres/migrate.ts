import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { sessionSettings } from './session.ts'
import { postgresTls } from './tls.ts'

const migrationLock = 7_233_002_871

/**
 * Applies the new migrations of a folder. Replicas that start together wait for the first one.
 * (migrate.int.test: "applies each migration once when ten replicas start together")
 *
 * A statement that waits for a table's lock keeps every other transaction from the table. So it soon gives up, and may
 * be tried again. (migrate.int.test: "gives up soon when a row of the table is locked, and can be tried again")
 * @throws an error for which `isLockTimeout` holds
 */
export async function migrate(url: string, folder: URL): Promise<void> {
  const { url: address, ...tls } = postgresTls(url)
  const client = postgres(address, {
    ...tls,
    max: 1,
    connect_timeout: 5,
    onnotice: () => {},
    connection: sessionSettings,
  })
  try {
    await client`set lock_timeout = '60s'`
    await client`select pg_advisory_lock(${migrationLock})`
    await client`set lock_timeout = '1s'`
    await applyMigrations(drizzle({ client }), { migrationsFolder: fileURLToPath(folder) })
  } finally {
    // The end of the session releases the lock.
    await client.end({ timeout: 5 })
  }
}
