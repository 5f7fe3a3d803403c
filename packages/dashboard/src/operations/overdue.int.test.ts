import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { openMetrics } from '@saucery/chassis/telemetry/metrics'
import { silentLog } from '@saucery/chassis/testing/log'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { openViews } from '../store/view-store.ts'
import { deadlines, story } from '../testing/views.ts'
import { countOverdue } from './overdue.ts'

const mongo = await testMongo({ ownServer: true })
const views = openViews(mongo.url)
after(async () => {
  await views.close()
  await mongo[Symbol.asyncDispose]()
})

async function seen(...names: Parameters<typeof story>[1] & object): Promise<string> {
  const orderId = uuidv7()
  for (const entry of story(orderId, names)) await views.add({ orderId, entry })
  return orderId
}

describe('the metric of what waits too long', () => {
  const metrics = openMetrics()
  const told = async () =>
    (await metrics.metrics()).split('\n').filter((line) => line.startsWith('orders_overdue'))
  const counting = countOverdue({ views, deadlines, metrics, log: silentLog, everyMs: 50 })
  after(counting.stop)

  it('counts by status and by what is awaited, until that comes', async () => {
    // The stories are of January, the deadlines of seconds.
    await seen('OrderPlaced', 'PaymentApproved')
    await seen('PaymentApproved', 'OrderPlaced')
    await seen('OrderPlaced', 'OrderCancelled')
    await seen('OrderPlaced', 'PaymentDeclined')
    const orderId = await seen('OrderPlaced', 'PaymentApproved', 'OrderCancelled', 'DeliveryCancelled')
    const others = [
      'orders_overdue{status="CANCELLING",awaits="PaymentVoided PaymentApproved PaymentDeclined"} 1',
      'orders_overdue{status="PAID",awaits="DeliveryStarted"} 2',
    ]
    const refund = 'orders_overdue{status="CANCELLING",awaits="PaymentRefunded"} 1'
    await eventually(async () => assert.deepEqual((await told()).sort(), [refund, ...others]))
    for (const entry of story(orderId, ['PaymentRefunded'])) await views.add({ orderId, entry })
    await eventually(async () => assert.deepEqual((await told()).sort(), others))
  })

  it('tells nothing while the store is away, and counts again when it is back', async () => {
    const before = await told()
    assert.ok(before.length > 0, 'nothing is told')
    await mongo.kill()
    await eventually(async () => assert.deepEqual(await told(), []))
    await mongo.restart()
    await eventually(async () => assert.deepEqual(await told(), before))
  })
})
