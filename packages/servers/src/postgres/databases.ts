import postgres, { type Sql } from 'postgres'

export type ServiceDatabase = { database: string; role: string; password: string }

/**
 * Gives every service a database that only its own role can connect to. May be repeated: passwords are brought up
 * to date, data stays. Returns each database's URL.
 */
export async function createDatabases<D extends ServiceDatabase>(
  adminUrl: string,
  databases: readonly D[],
): Promise<Record<D['database'], string>> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} })
  try {
    // Without the lock, two starts at once would both find nothing, and both create.
    await sql`select pg_advisory_lock(hashtextextended('create-databases', 0))`
    for (const wanted of databases) await createDatabase(sql, wanted)
    await sql.unsafe('revoke connect on database postgres, template1 from public')
    const urls = databases.map((wanted) => [wanted.database, urlOf(adminUrl, wanted)])
    return Object.fromEntries(urls) as Record<D['database'], string>
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
  if (!exists?.database) await sql`create database ${sql(database)} owner ${sql(role)}`
  await sql`alter database ${sql(database)} owner to ${sql(role)}`
  await sql`revoke all on database ${sql(database)} from public`
}

function urlOf(adminUrl: string, { database, role, password }: ServiceDatabase): string {
  const url = new URL(adminUrl)
  url.username = encodeURIComponent(role)
  url.password = encodeURIComponent(password)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}
