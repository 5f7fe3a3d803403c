import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import { openMetrics } from '@saucery/chassis/telemetry/metrics'
import { silentLog } from '@saucery/chassis/testing/log'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { openViews } from '../store/view-store.ts'
import { addStory } from '../testing/stories.ts'
import { countByStatus } from './orders-by-status.ts'

const mongo = await testMongo()
const views = openViews(mongo.url)
after(async () => {
  await views.close()
  await mongo[Symbol.asyncDispose]()
})

it('orders are counted by status, with a zero for each status that no order has', async () => {
  await views.connect()
  for (const names of [
    ['OrderPlaced'],
    ['OrderPlaced', 'PaymentApproved'],
    ['PaymentApproved', 'OrderPlaced'],
  ])
    await addStory(views, names as Parameters<typeof addStory>[1])
  const metrics = openMetrics()
  const counting = countByStatus(views, metrics, silentLog, 50)
  after(counting.stop)
  const shown = async () =>
    Object.fromEntries(
      [...(await metrics.metrics()).matchAll(/^orders\{status="(\w+)"\} (\d+)$/gm)].map((it) => [
        it[1],
        it[2],
      ]),
    )
  await eventually(async () => {
    const { PLACED, PAID, ...others } = await shown()
    assert.deepEqual([PLACED, PAID], ['1', '2'])
    assert.deepEqual(Object.values(others), Array(7).fill('0'))
  })
  await addStory(views, ['OrderPlaced'])
  await eventually(async () => assert.equal((await shown()).PLACED, '2'))
  assert.equal(views.pool().waiting, 0)
  assert.ok(views.pool().open > 0)
})
