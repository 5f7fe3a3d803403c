import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import { stamp } from './events/event.ts'
import { ensureStream } from './nats/streams.ts'
import { cause } from './testing/counters.ts'
import { eventually } from './testing/eventually.ts'
import { openShop } from './testing/example.ts'
import { testKeys } from './testing/keys.ts'
import { quietLog } from './testing/log.ts'
import { messagesOf, publishEvent } from './testing/messages.ts'
import { testBroker, testDatabase } from './testing/servers.ts'

const returned = (copies: number) => {
  const fact = { name: 'Returned', version: 1, subject: 'library.returned.dune', data: { copies } }
  return stamp(fact, cause(), new Date())
}

describe('the example of the README', () => {
  it('is the one that runs here', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const source = await readFile(new URL('testing/example.ts', import.meta.url), 'utf8')
    const asPublished = source.replace(/'\.\.\/(.*)\.ts'/g, "'@saucery/messaging/$1'")
    assert.ok(readme.includes(`\`\`\`ts\n${asPublished}\`\`\``))
  })

  it('consumes an event, changes its state and publishes the change', async () => {
    await using database = await testDatabase()
    await database.db.execute(sql`create table shelves (book text primary key, copies integer not null)`)
    await using nats = await testNats()
    await using library = await testBroker(nats.url, { name: 'library' })
    await ensureStream(library.jsm, { name: 'LIBRARY', subjects: ['library.>'] }, 1)
    const stop = await openShop(database.url, nats.url, testKeys, quietLog)
    for (const copies of [2, 3]) await publishEvent(library, returned(copies))
    await eventually(async () => {
      const published = (await messagesOf(library, 'SHOP')).map(({ subject, data }) => [
        subject,
        JSON.parse(data),
      ])
      assert.deepEqual(published, [
        ['shop.shelved.dune', { copies: 2 }],
        ['shop.shelved.dune', { copies: 5 }],
      ])
    })
    await stop()
  })
})
