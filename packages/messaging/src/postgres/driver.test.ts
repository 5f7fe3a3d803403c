import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { installedVersion } from '../testing/installed-version.ts'
import { prepared, untypedOptions } from './driver.ts'

const recheck = `postgres/driver.ts was written for other versions. Check in their sources that postgres.js still
calls options.socket with { path, host, port }, calls options.backoff for a delay in seconds, and reads socket.host
for TLS; and that drizzle still uses only options, unsafe, begin and savepoint of a client. Then change this test.`

describe('the untyped parts of postgres.js and drizzle', () => {
  it('are those of the installed versions', () => {
    assert.deepEqual(['postgres', 'drizzle-orm'].map(installedVersion), ['3.4.9', '0.45.4'], recheck)
  })

  it('are options that a client still keeps', () => {
    const untyped = untypedOptions(1000)
    const { options } = postgres('postgres://nobody@localhost/nowhere', untyped)
    for (const [name, value] of Object.entries(untyped))
      assert.equal(options[name as keyof typeof options], value, name)
  })

  it('are members of a client that drizzle can be opened on', () => {
    const client = postgres('postgres://nobody@localhost/nowhere')
    for (const member of ['unsafe', 'begin'] as const) assert.equal(typeof client[member], 'function')
    assert.equal(prepared(client).options, client.options)
    assert.doesNotThrow(() => drizzle({ client: prepared(client) }))
  })
})
