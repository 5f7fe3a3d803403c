import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { cuttingProxy, serverBehind } from '../testing/mongo.ts'
import { additionsFor, expected } from '../testing/stories.ts'
import { isStoreOutage } from './mongo-errors.ts'
import { openViews } from './view-store.ts'
import type { Addition } from './view-writer.ts'

async function addThroughOutages(add: (addition: Addition) => Promise<void>, addition: Addition) {
  for (;;)
    try {
      await add(addition)
      return
    } catch (error) {
      if (!isStoreOutage(error)) throw error
    }
}

describe('a store whose server is away', () => {
  it('reports an outage, and writes what it refused when the server is back', async (t) => {
    await using mongo = await testMongo({ ownServer: true })
    t.diagnostic(await serverBehind(mongo.url))
    const views = openViews(mongo.url)
    try {
      const orderId = uuidv7()
      const additions = additionsFor(orderId)
      const [first, ...others] = additions as [Addition, ...Addition[]]
      await views.add(first)
      await mongo.kill()
      for (const result of await Promise.allSettled(others.map(views.add)))
        assert.ok(result.status === 'rejected' && isStoreOutage(result.reason))
      await assert.rejects(views.find(orderId), isStoreOutage)
      await assert.rejects(views.list({ limit: 1 }), isStoreOutage)
      await assert.rejects(views.isUp())
      await mongo.restart()
      await Promise.all(others.map((addition) => addThroughOutages(views.add, addition)))
      assert.deepEqual(await views.find(orderId), expected(orderId, additions))
    } finally {
      await views.close()
    }
  })

  it('can be opened while its server is away', async () => {
    await using mongo = await testMongo({ ownServer: true })
    await mongo.kill()
    const views = openViews(mongo.url)
    try {
      await assert.rejects(views.connect(), isStoreOutage)
      await mongo.restart()
      // On a busy machine one try may exceed its timeout.
      await eventually(() => views.connect())
      assert.ok(await views.isUp(), 'it is up')
    } finally {
      await views.close()
    }
  })

  it('keeps every write that it acknowledged, when the server is killed during writes', async () => {
    await using mongo = await testMongo({ ownServer: true })
    const views = openViews(mongo.url)
    try {
      const kept: Addition[] = []
      const addMany = () =>
        Array.from({ length: 100 }, () => additionsFor(uuidv7()))
          .flat()
          .map((addition) => views.add(addition).then(() => kept.push(addition)))
      const adding = addMany()
      await Promise.race(adding)
      // These are in flight when the server dies.
      adding.push(...addMany())
      // Handled from now on: they can fail before the kill is known.
      const settled = Promise.allSettled(adding)
      await new Promise(setImmediate)
      await mongo.kill()
      for (const result of await settled)
        if (result.status === 'rejected') assert.ok(isStoreOutage(result.reason), String(result.reason))
      await mongo.restart()
      for (const orderId of new Set(kept.map((addition) => addition.orderId))) {
        const ids = (await views.find(orderId))?.timeline.map(({ id }) => id)
        for (const { entry } of kept.filter((addition) => addition.orderId === orderId))
          assert.ok(ids?.includes(entry.id), `${orderId} has no ${entry.event}`)
      }
    } finally {
      await views.close()
    }
  })

  for (const [command, what] of [
    ['insert', 'a new order'],
    ['update', 'an order that it knows'],
  ] as const)
    for (const cuts of ['request', 'answer'] as const)
      it(`writes ${what} at the second try when the connection breaks at the ${cuts}`, async () => {
        await using mongo = await testMongo()
        const orderId = uuidv7()
        const [first, second] = additionsFor(orderId) as [Addition, Addition]
        if (command === 'update') {
          const direct = openViews(mongo.url)
          await direct.add(first)
          await direct.close()
        }
        await using proxy = await cuttingProxy(mongo.url, command, cuts)
        const views = openViews(proxy.url)
        try {
          await assert.rejects(views.add(second), isStoreOutage)
          assert.ok(proxy.hasCut())
          await addThroughOutages(views.add, second)
          const all = command === 'update' ? [first, second] : [second]
          assert.deepEqual(await views.find(orderId), expected(orderId, all))
        } finally {
          await views.close()
        }
      })
})
