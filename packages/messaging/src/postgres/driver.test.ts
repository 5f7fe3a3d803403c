import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import postgres from 'postgres'
import { installedVersion } from '../testing/installed-version.ts'
import { driverOptions, drizzleOn, openDriver } from './driver.ts'

const recheck = `postgres/driver.ts was written for other versions. Check in their sources that postgres.js still
takes options that it has read before as they are, calls options.socket with nothing else to connect, for each
connection once, and options.onclose when it is closed; writes a statement in the order of the calls of execute; has a
query's retried, cancelled, values and reject; and that drizzle still uses only options, unsafe, begin and savepoint of
a client. Then change this test.`

const options = driverOptions('postgres://nobody@localhost/nowhere', {})

describe('the untyped parts of postgres.js and drizzle', () => {
  it('are those of the installed versions', () => {
    assert.deepEqual(['postgres', 'drizzle-orm'].map(installedVersion), ['3.4.9', '0.45.4'], recheck)
  })

  it('are options that a client still keeps', () => {
    const events = { connectOnce: () => Promise.reject(new Error('not called')), onClosed: () => {} }
    const client = openDriver(options, events)
    const kept = client.options as unknown as Record<string, unknown>
    assert.equal(kept.socket, events.connectOnce)
    assert.equal(kept.onclose, events.onClosed)
    assert.equal(kept.parsers, options.parsers)
    assert.equal(kept.max, 1)
  })

  it('are members of a client that drizzle can be opened on', () => {
    assert.equal(typeof postgres('postgres://nobody@localhost/nowhere').unsafe, 'function')
    assert.doesNotThrow(() => drizzleOn({ options, unsafe: () => assert.fail() }))
  })
})
