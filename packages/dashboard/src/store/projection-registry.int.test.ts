import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { addStory } from '../testing/stories.ts'
import { openViews } from './view-store.ts'

describe('a version of the projection', () => {
  it('has no times in the future, once they are corrected, and keeps those of the past', async () => {
    await using mongo = await testMongo()
    const views = openViews(mongo.url)
    const { registry, version } = views
    try {
      await registry.begin(version)
      const correct = async () => {
        const [record] = await registry.all()
        assert.ok(record, 'there is a record')
        mock.timers.enable({ apis: ['Date'], now: Number(record.begunAt) - 60_000 })
        await registry.dateAgain(record).finally(() => mock.timers.reset())
        const [corrected] = await registry.all()
        const { begunAt, usedAt, readyAt } = corrected ?? record
        return [begunAt, usedAt, readyAt].map((time) => time && Number(time) - Number(record.begunAt))
      }
      assert.deepEqual(await correct(), [-60_000, -60_000, undefined])
      await registry.markReady(version)
      assert.deepEqual(await correct(), [-60_000, -60_000, -60_000])
    } finally {
      await views.close()
    }
  })

  it('is not dropped when a process has marked it as used since its record was read', async () => {
    await using mongo = await testMongo()
    const views = openViews(mongo.url)
    const { registry, version } = views
    const drop = async (record?: Awaited<ReturnType<typeof registry.all>>[number]) =>
      record && (await registry.drop(record, async () => {}))
    try {
      await registry.begin(version)
      const orderId = await addStory(views, ['OrderPlaced'])
      const [unused] = await registry.all()
      assert.ok(unused, 'there is a record')
      // One millisecond at least, in which the mark differs.
      while (Date.now() <= Number(unused.usedAt));
      await registry.markUsed(version)
      assert.equal(await drop(unused), false)
      assert.equal((await registry.all()).length, 1)
      assert.equal((await views.find(orderId))?._id, orderId)

      const [used] = await registry.all()
      assert.equal(await drop(used), true)
      assert.deepEqual(await registry.all(), [])
      assert.equal(await views.find(uuidv7()), undefined)
      assert.equal(await views.find(orderId), undefined)
    } finally {
      await views.close()
    }
  })
})
