import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { addOperationsRoutes } from '@saucery/chassis/operations/operations'
import { stamped } from '@saucery/chassis/testing/events'
import { getJson, type ListPage, readProblem } from '@saucery/chassis/testing/http'
import { silentLog } from '@saucery/chassis/testing/log'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { type Consumed, subscriptionsOf } from '@saucery/contracts/choreography'
import { OrderPlaced } from '@saucery/contracts/order'
import { openConsumers } from '@saucery/messaging/consumer/consumer'
import { Unprocessable } from '@saucery/messaging/events/cloud-events'
import type { ReceivedEvent } from '@saucery/messaging/events/event'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { reactions } from '../reactions.ts'
import { isStoreOutage } from '../store/mongo-errors.ts'
import { openViews } from '../store/view-store.ts'
import { apiOn } from '../testing/views.ts'
import { operatedByDashboard } from './operations.ts'

const mongo = await testMongo()
const nats = await testBrokerWithStreams()
const views = openViews(mongo.url)
const broker = await connectBroker({ url: nats.url, name: 'dashboard', log: silentLog })
const bug: { isThere: boolean } = { isThere: true }
const react = reactions(views)
const consumers = openConsumers({
  broker,
  subscriptions: subscriptionsOf('dashboard'),
  handle: async (event: ReceivedEvent<Consumed<'dashboard'>>) => {
    if (bug.isThere) throw new Unprocessable('a bug')
    await react(event)
  },
  isOutage: isStoreOutage,
  inKeyOrder: false,
  replicas: 1,
  log: silentLog,
})
const app = apiOn(views)
const projection = { version: 2, state: 'building', serving: 1, handled: 10, remaining: 5 } as const
addOperationsRoutes(app, operatedByDashboard({ broker, consumers, views, projection: () => projection }))
after(async () => {
  await consumers.stop()
  await broker.close()
  await views.close()
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

type Letters = ListPage<{ orderId: string; sequence: number; handled: boolean }>
const letters = '/operations/dashboard/dead-letters'
const sendBack = (sequence: number) => app.request(`${letters}/${sequence}/send-back`, { method: 'POST' })

describe('what the dashboard could not show', () => {
  it('is shown once it is sent back, and the bug gone', async () => {
    const orderId = uuidv7()
    const event = stamped(OrderPlaced({ ...OrderPlaced.example, orderId }))
    await nats.publish(event)
    const letter = async () => (await getJson<Letters>(app, letters)).items[0]
    const buried = await eventually(async () => {
      const found = await letter()
      assert.equal(found?.orderId, orderId)
      return found
    })
    assert.equal(buried?.handled, false)
    const { sequence } = buried as { sequence: number }
    assert.equal((await readProblem(sendBack(sequence))).code, 'dead-letter-not-handled')
    assert.equal(await views.find(orderId), undefined)

    bug.isThere = false
    const answers = await Promise.all([sendBack(sequence), sendBack(sequence)])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    )
    const view = await views.find(orderId)
    assert.deepEqual(
      view?.timeline.map(({ id, stream, sequence }) => ({ id, stream, sequence })),
      [{ id: event.id, stream: 'ORDERS', sequence: 1 }],
    )
    assert.equal((await letter())?.handled, true)
  })

  it('is counted, beside how the building of the views goes', async () => {
    const { deadLetters, ...told } = await getJson<Record<string, unknown>>(app, '/operations/dashboard')
    assert.equal(deadLetters, 0)
    const idle = { durable: 'dashboard', pending: 0, ackPending: 0, redelivered: 0 }
    const consumers = ['ORDERS', 'PAYMENTS', 'DELIVERIES'].map((stream) => ({ stream, ...idle }))
    assert.deepEqual(told, { service: 'dashboard', consumers, projection })
  })
})
