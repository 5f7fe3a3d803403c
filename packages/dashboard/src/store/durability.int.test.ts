import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testMongo } from '@saucery/servers/testing/servers'
import type { Document } from 'mongodb'
import { v7 as uuidv7 } from 'uuid'
import { mongoProxy } from '../testing/mongo-proxy.ts'
import { additionsFor } from '../testing/stories.ts'
import { duplicateKey, isStoreOutage } from './mongo-errors.ts'
import { collectionOf } from './projection-registry.ts'
import { openViews } from './view-store.ts'
import type { Addition } from './view-writer.ts'

const notDurable = { code: 64, errmsg: 'waiting for replication timed out' }
const duplicate = { index: 0, code: duplicateKey, errmsg: 'E11000 duplicate key error' }

describe('a write of the store', () => {
  it('asks for a majority of the replica set, on disk', async () => {
    await using mongo = await testMongo()
    await using proxy = await mongoProxy(mongo.url)
    const views = openViews(proxy.url)
    try {
      for (const addition of additionsFor(uuidv7())) await views.add(addition)
      await views.registry.begin(1)
      await views.registry.markUsed(1)
      await views.registry.markReady(1)
      const [record] = await views.registry.all()
      assert.ok(record, 'there is a record')
      await views.registry.drop(record, async () => {})
    } finally {
      await views.close()
    }
    for (const name of ['insert', 'update', 'delete', 'drop', 'createIndexes']) {
      const concerns = proxy.commands.filter((command) => name in command).map((one) => one.writeConcern)
      assert.ok(concerns.length > 0, name)
      for (const { w, j } of concerns) assert.deepEqual({ name, w, j }, { name, w: 'majority', j: true })
    }
  })

  const failing: [string, 'insert' | 'update', Document][] = [
    ['of a new order', 'insert', {}],
    ['of a new order that another replica inserted first', 'insert', { n: 0, writeErrors: [duplicate] }],
    ['of an order that it knows', 'update', {}],
  ]
  for (const [what, command, reply] of failing)
    it(`${what} fails, and can be repeated, when no majority confirms it`, async () => {
      await using mongo = await testMongo()
      const [first, second] = additionsFor(uuidv7()) as [Addition, Addition]
      let isConfirmed = false
      await using proxy = await mongoProxy(mongo.url, (asked, answered) =>
        asked[command] === collectionOf(views.version) && !isConfirmed
          ? { ...answered, ...reply, writeConcernError: notDurable }
          : undefined,
      )
      const views = openViews(proxy.url)
      try {
        if (command === 'update') await views.add(first)
        await assert.rejects(views.add(second), isStoreOutage)
        isConfirmed = true
        await views.add(second)
      } finally {
        await views.close()
      }
    })
})
