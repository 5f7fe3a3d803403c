import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { postgresTls } from './tls.ts'

const migrationLock = 7_233_002_871

/**
 * Applies the new migrations of a folder. Replicas that start together wait for the first one.
 * (migrate.int.test: "applies each migration once when ten replicas start together")
 */
export async function migrate(url: string, folder: URL): Promise<void> {
  const { url: address, ...tls } = postgresTls(url)
  const client = postgres(address, { ...tls, max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    await client`select pg_advisory_lock(${migrationLock})`
    await applyMigrations(drizzle({ client }), { migrationsFolder: fileURLToPath(folder) })
  } finally {
    // The end of the session releases the lock.
    await client.end({ timeout: 5 })
  }
}
