import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  consumingServices,
  events,
  publishers,
  type Service,
  subscriptionsOf,
} from '@saucery/contracts/choreography'
import { OrderPlaced } from '@saucery/contracts/order'
import { lagOfOthers } from '@saucery/dashboard/operations/lag-of-others'
import { openPublishedEvents } from '@saucery/dashboard/operations/published-events'
import { lagOf } from '@saucery/messaging/consumer/lag'
import { oldestUnhandled } from '@saucery/messaging/consumer/oldest-unhandled'
import { stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import type { Broker } from '@saucery/messaging/nats/connection'
import { ensureConsumer } from '@saucery/messaging/nats/streams'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { provision } from '@saucery/provision/provision'
import { type TestServer, testNats } from '@saucery/servers/testing/servers'
import { connectAs, logins, users } from '../support/nats-users.ts'

// The oldest server that is supported, and the newest: their answers differ.
for (const version of ['2.15.1', '2.10.26'])
  describe(`the lag of a service that does not run, on NATS ${version}`, { timeout: 60_000 }, () => {
    let nats: TestServer
    const brokers = {} as Record<Service, Broker>
    before(async () => {
      nats = await testNats({ users, version })
      await provision({ url: nats.url, ...logins.provisioner }, 1)
      for (const user of consumingServices) brokers[user] = await connectAs(user, nats.url)
    })
    after(async () => {
      await Promise.all(Object.values(brokers).map((broker) => broker.connection.close()))
      await nats[Symbol.asyncDispose]()
    })

    it('is seen by the dashboard, and by no other service', async () => {
      for (const service of publishers)
        for (const { stream, events } of subscriptionsOf(service)) {
          const filters = events.map(({ subject }) => `${subject}.*`)
          const consumer = { stream, durable: service, filters, ackWaitMs: 10_000, maxAckPending: 1 }
          await ensureConsumer(brokers[service].jsm, consumer)
        }
      for (let i = 0; i < 20; i++) {
        const cause = { id: 'a-test', traceparent: newTraceparent() }
        await publishEvent(brokers.order, stamp(OrderPlaced(OrderPlaced.example), cause, new Date()))
      }
      const seen = await lagOfOthers(brokers.dashboard)
      assert.deepEqual(
        seen.map(({ service, stream, pending }) => `${service} ${stream} ${pending}`),
        publishers.flatMap((service) =>
          subscriptionsOf(service).map(({ stream, events }) => {
            const isPlaced = events.some(({ event }) => event === 'OrderPlaced')
            return `${service} ${stream} ${isPlaced ? 20 : 0}`
          }),
        ),
      )
      const refused = lagOf(brokers.delivery, ['ORDERS'], 'payment')
      await assert.rejects(refused, { code: 'PERMISSIONS_VIOLATION' })
    })

    it('tells how often each event was published, and when last, of a stream that is not too long', async () => {
      const cause = { id: 'a-test', traceparent: newTraceparent() }
      const orderId = '019cadd3-77f0-7a95-8816-f495eba424b9'
      const event = stamp(OrderPlaced({ ...OrderPlaced.example, orderId }), cause, new Date())
      await publishEvent(brokers.order, event)
      const read = openPublishedEvents(brokers.dashboard)
      const [placed, ...others] = await read()
      assert.deepEqual(placed, {
        event: 'OrderPlaced',
        orders: 2,
        last: { orderId, sequence: 21, time: event.time },
      })
      assert.deepEqual(
        others,
        events.slice(1).map(({ event }) => ({ event, orders: 0 })),
      )
      assert.equal(await read(), await read(), 'read again at once')
      const [uncounted] = await openPublishedEvents(brokers.dashboard, 1)()
      assert.deepEqual(uncounted, { event: 'OrderPlaced', last: placed?.last })
      await assert.rejects(openPublishedEvents(brokers.delivery)(), { code: 'PERMISSIONS_VIOLATION' })
    })

    it('is so old as the first event that waits for it', async () => {
      const ageOf = async (stream: string, service: string) => {
        const since = await oldestUnhandled(brokers.dashboard, stream, service)
        return since === undefined ? undefined : Date.now() - since
      }
      const first = Number(await ageOf('ORDERS', 'payment'))
      assert.ok(first > 0 && first < 60_000, `${first} ms`)
      assert.deepEqual(await ageOf('ORDERS', 'delivery'), undefined)
    })
  })
