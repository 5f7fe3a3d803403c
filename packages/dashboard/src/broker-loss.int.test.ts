import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stamped } from '@saucery/chassis/testing/events'
import { streams } from '@saucery/contracts/choreography'
import { OrderPlaced } from '@saucery/contracts/order'
import { readDeadLetters } from '@saucery/messaging/dead-letters/reader'
import { ensureStream } from '@saucery/messaging/nats/streams'
import { eventually } from '@saucery/messaging/testing/eventually'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { natsWithPowerFailures } from '@saucery/messaging/testing/power-failure'
import { testBroker } from '@saucery/messaging/testing/servers'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { openBuilding } from './testing/projection.ts'

const placed = () => stamped(OrderPlaced({ ...OrderPlaced.example, orderId: uuidv7() }))
const placedMany = (count: number) => Array.from({ length: count }, placed)

// Its server does not set a consumer back, and the state of this one is on disk.
const version = '2.10.26'

describe('the dashboard, when its broker loses a part of what it had', { timeout: 120_000 }, () => {
  it('has the events under the lost sequences, and its dead letters', async () => {
    await using nats = await natsWithPowerFailures({ version })
    await using mongo = await testMongo()
    await using broker = await testBroker(nats.url, { name: 'dashboard' })
    for (const stream of streams) await ensureStream(broker.jsm, stream, 1)
    const dashboard = await openBuilding({ nats: nats.url, mongo: mongo.url })
    const publish = async (events: ReturnType<typeof placedMany>) => {
      for (const event of events) await publishEvent(broker, event)
    }
    const shows = (events: ReturnType<typeof placedMany>) =>
      eventually(async () => {
        const ids = events.map(({ data }) => data.orderId)
        assert.equal((await dashboard.views.among(ids)).length, ids.length)
      })
    const deadLetters = () => readDeadLetters(broker, { limit: 10 })
    const hasDeadLetterOf = (id: string) =>
      eventually(async () =>
        assert.deepEqual(
          (await deadLetters()).deadLetters.map(({ eventId }) => eventId),
          [id],
        ),
      )
    const connected = () => eventually(() => broker.jsm.getAccountInfo())

    const early = placedMany(5)
    await publish(early)
    await shows(early)
    await nats.takeSnapshot()
    await connected()
    const poison = { ...placed(), time: 'never' }
    const lost = placedMany(20)
    await publish([poison, ...lost])
    await shows(lost)
    await hasDeadLetterOf(poison.id)

    await nats.losePower([{ messagesOf: 'ORDERS' }, { messagesOf: 'DEAD_LETTERS' }])
    await connected()
    const later = placedMany(10)
    await publish(later)
    await shows(later)
    await hasDeadLetterOf(poison.id)
    await dashboard.stop()
  })
})
