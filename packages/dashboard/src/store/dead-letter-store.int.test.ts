import assert from 'node:assert/strict'
import { it } from 'node:test'
import { testMongo } from '@saucery/servers/testing/servers'
import { MongoClient } from 'mongodb'
import { mongoDeadLetters } from './dead-letter-store.ts'

const hour = 3_600_000

it('a dead letter that was saved before the clock was set back is as much younger than now', async () => {
  await using mongo = await testMongo()
  await using client = await new MongoClient(mongo.url).connect()
  const store = mongoDeadLetters(client.db())
  for (const id of ['before', 'since']) await store.save({ id, subject: 's', headers: [], data: '' })
  const step = { $set: { savedAt: new Date(Date.now() + 2 * hour) } }
  await client.db().collection<{ _id: string }>('dead_letters').updateOne({ _id: 'before' }, step)
  const [before, since] = await store.newest(2)
  assert.ok(before && since)
  assert.deepEqual([before.id, since.id], ['before', 'since'])
  assert.ok(since.ageMs >= 0 && since.ageMs < hour, `${since.ageMs} ms`)
  assert.ok(before.ageMs < -hour, `${before.ageMs} ms`)
})
