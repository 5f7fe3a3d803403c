import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { openMetrics } from '@saucery/chassis/telemetry/metrics'
import { silentLog } from '@saucery/chassis/testing/log'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testProxy } from '@saucery/messaging/testing/proxy'
import { testMongo } from '@saucery/servers/testing/servers'
import { Registry } from 'prom-client'
import { openViews } from '../store/view-store.ts'
import { addStory, deadlines, story } from '../testing/stories.ts'
import { countOverdue } from './overdue.ts'

const mongo = await testMongo({ ownServer: true })
const views = openViews(mongo.url)
after(async () => {
  await views.close()
  await mongo[Symbol.asyncDispose]()
})

const add = (...names: Parameters<typeof addStory>[1]) => addStory(views, names)

describe('the metric of overdue orders', () => {
  const metrics = openMetrics()
  const shown = async () =>
    (await metrics.metrics()).split('\n').filter((line) => line.startsWith('orders_overdue'))
  const counting = countOverdue(views, deadlines, metrics, silentLog, 50)
  after(counting.stop)

  it('counts by status and awaited events, until one of them arrives', async () => {
    // The events are of January, and the deadlines are seconds.
    await add('OrderPlaced', 'PaymentApproved')
    await add('PaymentApproved', 'OrderPlaced')
    await add('OrderPlaced', 'OrderCancelled')
    await add('OrderPlaced', 'PaymentDeclined')
    const orderId = await add('OrderPlaced', 'PaymentApproved', 'OrderCancelled', 'DeliveryCancelled')
    const others = [
      'orders_overdue{status="CANCELLING",awaits="PaymentVoided PaymentApproved PaymentDeclined"} 1',
      'orders_overdue{status="PAID",awaits="DeliveryStarted"} 2',
    ]
    const refund = 'orders_overdue{status="CANCELLING",awaits="PaymentRefunded"} 1'
    await eventually(async () => assert.deepEqual((await shown()).sort(), [refund, ...others]))
    for (const entry of story(orderId, ['PaymentRefunded'])) await views.add({ orderId, entry })
    await eventually(async () => assert.deepEqual((await shown()).sort(), others))
  })

  it('is counted by one replica for all, and by another one when that one is gone', async () => {
    let counts = 0
    const { signal } = new AbortController()
    const replica = () => views.sharedCount('tests', async () => ++counts)
    const [one, other] = [replica(), replica()]
    const looks = []
    for (const look of [one, other, one, other, other, one, other]) looks.push(await look(signal))
    assert.deepEqual(looks, [1, 1, 2, 2, 3, 3, 4])
    const late = replica()
    assert.deepEqual([await late(signal), await late(signal)], [4, 5])
  })

  it('is counted again by whoever looks next when a count has failed', async () => {
    const { signal } = new AbortController()
    const failing = views.sharedCount('failures', () => Promise.reject(new Error('no')))
    await assert.rejects(failing(signal))
    const other = views.sharedCount('failures', async () => 7)
    assert.equal(await other(signal), 7)
  })

  it('does not hold up a stop while the store does not answer', async () => {
    await using proxy = await testProxy(mongo.url)
    const slow = openViews(proxy.url)
    await slow.connect()
    await slow.countOverdue({ deadlines, now: 0 })
    proxy.silence()
    const counting = countOverdue(slow, deadlines, new Registry(), silentLog, 60_000)
    const began = performance.now()
    await counting.stop()
    await slow.close()
    assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`)
  })

  it('is empty while the store is away, and counts again when it is back', async () => {
    const before = await shown()
    assert.ok(before.length > 0, 'the metric is empty')
    await mongo.kill()
    await eventually(async () => assert.deepEqual(await shown(), []))
    await mongo.restart()
    await eventually(async () => assert.deepEqual(await shown(), before))
  })
})
