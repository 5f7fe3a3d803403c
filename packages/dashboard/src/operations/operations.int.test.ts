import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { addOperationsRoutes } from '@saucery/chassis/operations/operations'
import { stamped } from '@saucery/chassis/testing/events'
import { getJson, type ListPage, readProblem } from '@saucery/chassis/testing/http'
import { silentLog } from '@saucery/chassis/testing/log'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { OrderPlaced } from '@saucery/contracts/order'
import { Unprocessable } from '@saucery/messaging/events/cloud-events'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testKeys } from '@saucery/messaging/testing/keys'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { consumeEvents, reactions } from '../reactions.ts'
import { openViews } from '../store/view-store.ts'
import { apiOn } from '../testing/api.ts'

const mongo = await testMongo()
const nats = await testBrokerWithStreams()
const views = openViews(mongo.url)
const broker = await connectBroker({ url: nats.url, name: 'dashboard', keys: testKeys, log: silentLog })
const bug: { isFixed: boolean } = { isFixed: false }
const react = reactions(views)
async function handle(event: Parameters<typeof react>[0]): Promise<void> {
  if (!bug.isFixed) throw new Unprocessable('a bug')
  await react(event)
}
const consumers = consumeEvents({ broker, handle, isUp: views.isUp, replicas: 1, log: silentLog })
const app = apiOn(views)
const projection = { version: 2, state: 'building', serving: 1, handled: 10, remaining: 5 } as const
const { handledAmong, catalog, operators } = views
const operated = { service: 'dashboard', broker, ...consumers, handledAmong, catalog, operators } as const
addOperationsRoutes(app, { ...operated, projection: () => projection })
after(async () => {
  await consumers.stop()
  await broker.close()
  await views.close()
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

type DeadLetters = ListPage<{ orderId: string; sequence: number; handled: boolean }>
const deadLettersPath = '/operations/dashboard/dead-letters'
const retry = (sequence: number) =>
  app.request(`${deadLettersPath}/${sequence}/send-back`, { method: 'POST' })

describe('an event that the dashboard could not process', () => {
  it('is in its view after a retry, once the bug is fixed', async () => {
    const orderId = uuidv7()
    const event = stamped(OrderPlaced({ ...OrderPlaced.example, orderId }))
    await nats.publish(event)
    const newest = async () => (await getJson<DeadLetters>(app, deadLettersPath)).items[0]
    const deadLetter = await eventually(async () => {
      const found = await newest()
      assert.equal(found?.orderId, orderId)
      return found
    })
    assert.equal(deadLetter?.handled, false)
    const { sequence } = deadLetter as { sequence: number }
    assert.equal((await readProblem(retry(sequence))).code, 'dead-letter-not-handled')
    assert.equal(await views.find(orderId), undefined)

    bug.isFixed = true
    const answers = await Promise.all([retry(sequence), retry(sequence)])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    )
    const view = await views.find(orderId)
    assert.deepEqual(
      view?.timeline.map(({ id, stream, sequence }) => ({ id, stream, sequence })),
      [{ id: event.id, stream: 'ORDERS', sequence: 1 }],
    )
    assert.equal((await newest())?.handled, true)
  })

  it('is counted, beside the progress of the projection', async () => {
    const { deadLetters, ...summary } = await getJson<Record<string, unknown>>(app, '/operations/dashboard')
    assert.equal(deadLetters, 0)
    const idle = { durable: 'dashboard', pending: 0, ackPending: 0, redelivered: 0 }
    const consumers = ['ORDERS', 'PAYMENTS', 'DELIVERIES'].map((stream) => ({ stream, ...idle }))
    assert.deepEqual(summary, { service: 'dashboard', consumers, projection })
  })
})
