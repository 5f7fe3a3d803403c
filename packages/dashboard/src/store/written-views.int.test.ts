import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { testMongo } from '@saucery/servers/testing/servers'
import { MongoClient } from 'mongodb'
import { v7 as uuidv7 } from 'uuid'
import { mongoProxy } from '../testing/mongo-proxy.ts'
import { additionsFor, expected } from '../testing/stories.ts'
import { openViews } from './view-store.ts'

const mongo = await testMongo()
const proxy = await mongoProxy(mongo.url)
const views = openViews(proxy.url)
const other = openViews(mongo.url)
const client = await new MongoClient(mongo.url).connect()
const documents = client.db().collection<{ _id: string }>('orders_v1')
after(async () => {
  await Promise.all([views.close(), other.close(), client.close()])
  await proxy[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

const reads = () => proxy.commands.filter(({ find }) => find === 'orders_v1').length

describe('a document that this process wrote last', () => {
  it('is not read again for the next events of its order', async () => {
    // The first write of a database looks for milestones.
    for (const addition of additionsFor(uuidv7())) await views.add(addition)
    const additions = additionsFor(uuidv7())
    const before = reads()
    for (const addition of additions) await views.add(addition)
    assert.equal(reads() - before, 0)
    assert.deepEqual(
      await views.find(additions[0]?.orderId ?? ''),
      expected(additions[0]?.orderId ?? '', additions),
    )
  })

  it('is made again when the store has lost it, and an event that it had comes again', async () => {
    const additions = additionsFor(uuidv7(), ['OrderPlaced', 'PaymentApproved'])
    const [placed, approved] = additions
    assert.ok(placed && approved)
    for (const addition of additions) await views.add(addition)
    await documents.deleteOne({ _id: placed.orderId })
    await views.add(approved)
    assert.deepEqual(await views.find(placed.orderId), expected(placed.orderId, [approved]))
  })

  it('is not written over another process’s', async () => {
    const additions = additionsFor(uuidv7())
    const stores = [views, other]
    for (const [i, addition] of additions.entries()) await stores[i % 2]?.add(addition)
    const [{ orderId } = { orderId: '' }] = additions
    assert.deepEqual(await views.find(orderId), expected(orderId, additions))
  })
})
