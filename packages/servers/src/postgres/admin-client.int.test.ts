import assert from 'node:assert/strict'
import { it } from 'node:test'
import { testPostgres } from '../testing/servers.ts'
import { openAdminClient } from './admin-client.ts'

it('administers a server at an IPv6 address, whatever kind of server the environment asks for', async () => {
  await using server = await testPostgres()
  const before = process.env.PGTARGETSESSIONATTRS
  process.env.PGTARGETSESSIONATTRS = 'any'
  // The same server, as IPv6 writes its address.
  const url = new URL(server.url)
  url.hostname = '[::ffff:127.0.0.1]'
  const sql = openAdminClient(url.href)
  try {
    assert.equal((await sql`select 1 as one`)[0]?.one, 1)
  } finally {
    await sql.end({ timeout: 1 })
    if (before === undefined) delete process.env.PGTARGETSESSIONATTRS
    else process.env.PGTARGETSESSIONATTRS = before
  }
})
