import { chownSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Certificate } from '@saucery/servers/testing/certificates'
import { type TestServer, testPostgres } from '@saucery/servers/testing/servers'
import postgres from 'postgres'

/** A Postgres server of the test's own that offers TLS once it has a certificate. */
export async function tlsPostgres(): Promise<TestServer & { use(certificate: Certificate): Promise<void> }> {
  const server = await testPostgres({ ownServer: true })
  return {
    ...server,
    async use({ cert, key }) {
      const sql = postgres(server.url, { max: 1 })
      const [row] = await sql<{ data_directory: string }[]>`show data_directory`
      const folder = String(row?.data_directory)
      const { uid, gid } = statSync(folder)
      for (const [name, text] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
        writeFileSync(join(folder, name), text, { mode: 0o600 })
        // As root the server runs as another user.
        if (process.getuid?.() === 0) chownSync(join(folder, name), uid, gid)
      }
      await sql`alter system set ssl = on`
      await sql`select pg_reload_conf()`
      await sql.end()
    },
  }
}
