import { fileURLToPath } from 'node:url'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import { openPostgresConnection } from './connection.ts'
import { driverOptions, drizzleOn } from './driver.ts'
import { sessionSettings } from './session.ts'
import { postgresTls } from './tls.ts'
import { runTransaction } from './transaction.ts'

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
  const options = driverOptions(address, { ...tls, connection: sessionSettings })
  // One connection: if it is lost, so is the lock, and nothing more may change.
  const connection = openPostgresConnection(options)
  try {
    await connection.send("set lock_timeout = '60s'")
    await connection.send(`select pg_advisory_lock(${migrationLock})`)
    await connection.send("set lock_timeout = '1s'")
    const client: Parameters<typeof drizzleOn>[0] = {
      options,
      unsafe: connection.send,
      begin: (run) => runTransaction(connection, options, run),
    }
    await applyMigrations(drizzleOn(client), { migrationsFolder: fileURLToPath(folder) })
  } finally {
    // The end of the session releases the lock.
    await connection.end()
  }
}
