import assert from 'node:assert/strict'
import { it } from 'node:test'
import { MongoClient } from 'mongodb'
import { testMongo } from '../testing/servers.ts'

it('keeps what was acknowledged over kill -9', async () => {
  await using server = await testMongo({ ownServer: true })
  const client = new MongoClient(server.url)
  const numbers = client.db(server.database).collection<{ _id: number }>('numbers')
  for (let _id = 0; _id < 100; _id++) await numbers.insertOne({ _id })
  await server.kill()
  await server.restart()
  assert.equal(await numbers.countDocuments(), 100)
  await client.close()
})
