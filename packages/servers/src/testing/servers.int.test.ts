import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MongoClient } from 'mongodb'
import postgres from 'postgres'
import { testMongo, testPostgres } from './servers.ts'

describe('a test', () => {
  it('gets a Postgres database of its own, which is dropped at its end', async () => {
    let url = ''
    {
      await using one = await testPostgres()
      await using other = await testPostgres()
      assert.notEqual(one.url, other.url)
      url = one.url
      const sql = postgres(url, { max: 1 })
      assert.deepEqual([...(await sql`select 1 as one`)], [{ one: 1 }])
      await sql.end()
    }
    const sql = postgres(url, { max: 1, connect_timeout: 2 })
    await assert.rejects(sql`select 1`)
    await sql.end({ timeout: 0 })
  })

  it('gets a MongoDB database by the name in the url', async () => {
    await using mongo = await testMongo()
    const client = new MongoClient(mongo.url)
    await client.db().collection('words').insertOne({ word: 'hello' })
    assert.equal(await client.db(mongo.database).collection('words').countDocuments(), 1)
    await client.close()
  })

  it('may not crash a server that other tests use', async () => {
    if (!process.env.TEST_POSTGRES_URL) return
    await using database = await testPostgres()
    await assert.rejects(database.kill(), /ownServer/)
  })
})
