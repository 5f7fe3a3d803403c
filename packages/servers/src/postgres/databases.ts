import postgres, { type Sql } from 'postgres'
import { openAdminClient } from './admin-client.ts'

export type ServiceDatabase = { database: string; role: string; password: string }

/** Whatever the administrator's own defaults are. As text: postgres.js leaves out a 0. */
const unlimited: Record<string, string> = {
  default_transaction_read_only: 'off',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_session_timeout: '0',
}

/**
 * Gives every service a database that only its own role can connect to. May be repeated: passwords are brought up
 * to date, data stays. Returns each database's URL.
 * @param adminUrl of a superuser, or of a role with CREATEDB and CREATEROLE
 */
export async function createDatabases<D extends ServiceDatabase>(
  adminUrl: string,
  databases: readonly D[],
): Promise<Record<D['database'], string>> {
  const sql = openAdminClient(adminUrl, { connection: unlimited })
  try {
    // Without the lock, two starts at once would both find nothing, and both create.
    await sql`select pg_advisory_lock(hashtextextended('create-databases', 0))`
    for (const wanted of databases) await createDatabase(sql, wanted)
    await closeSharedDatabases(sql)
    const urls = databases.map((wanted) => [wanted.database, urlOf(adminUrl, wanted)])
    return Object.fromEntries(urls) as Record<D['database'], string>
  } catch (error) {
    throw explained(error)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function createDatabase(sql: Sql, { database, role, password }: ServiceDatabase): Promise<void> {
  const [exists] = await sql`
    select exists (select from pg_roles where rolname = ${role}) as role,
           exists (select from pg_database where datname = ${database}) as database`
  if (!exists?.role) await sql`create role ${sql(role)} login`
  // The statement takes no parameters, so the server quotes the password into its text.
  const [alter] =
    await sql`select format('alter role %I login password %L', ${role}::text, ${password}::text) as role`
  await sql.unsafe(alter?.role)
  if (!(await mayActAs(sql, role))) await sql`grant ${sql(role)} to current_user`
  if (!exists?.database) await sql`create database ${sql(database)} owner ${sql(role)}`
  await sql`alter database ${sql(database)} owner to ${sql(role)}`
  await sql`revoke all on database ${sql(database)} from public`
}

/**
 * Who gives a database to a role must be able to act as that role. A superuser is; another administrator has to be its
 * member, and who has created a role is not by that alone.
 * (environment.int.test: "is set up by …")
 */
async function mayActAs(sql: Sql, role: string): Promise<boolean> {
  const [may] = await sql`
    select pg_has_role(${role}, 'USAGE') and pg_has_role(${role},
      case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) as so`
  return may?.so
}

/** Those that every server has. On a server of somebody else they are left as they are. */
async function closeSharedDatabases(sql: Sql): Promise<void> {
  const owned = await sql`
    select datname from pg_database
    where datname in ('postgres', 'template1') and pg_has_role(datdba, 'USAGE')`
  for (const { datname } of owned) await sql`revoke connect on database ${sql(datname)} from public`
}

function explained(error: unknown): unknown {
  if (!(error instanceof postgres.PostgresError) || error.code !== '42501') return error
  const needs = 'The user in POSTGRES_URL has to be a superuser, or to have CREATEDB and CREATEROLE'
  return new Error(`${needs}: ${error.message}`, { cause: error })
}

function urlOf(adminUrl: string, { database, role, password }: ServiceDatabase): string {
  const url = new URL(adminUrl)
  url.username = encodeURIComponent(role)
  url.password = encodeURIComponent(password)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}
