import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { permissionsOf } from '@saucery/contracts/access/nats-permissions'
import { consumingServices, type Service, subscriptionsOf } from '@saucery/contracts/choreography'
import { DeliveryFailed } from '@saucery/contracts/delivery'
import { PaymentApproved } from '@saucery/contracts/payment'
import { openConsumers } from '@saucery/messaging/consumer/consumer'
import { readDeadLetters } from '@saucery/messaging/dead-letters/reader'
import { toHeaders } from '@saucery/messaging/events/cloud-events'
import { type Event, type Fact, keyOf, stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import type { Broker } from '@saucery/messaging/nats/connection'
import { eventually } from '@saucery/messaging/testing/eventually'
import { quietLog } from '@saucery/messaging/testing/log'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { provision } from '@saucery/provision/provision'
import { type TestServer, testNats } from '@saucery/servers/testing/servers'
import { connectAs, logins, users } from '../support/nats-users.ts'

const encoder = new TextEncoder()
const stamped = <F extends Fact>(fact: F): Event<F> =>
  stamp(fact, { id: 'a-test', traceparent: newTraceparent() }, new Date())
const approved = () => stamped(PaymentApproved(PaymentApproved.example))

// NATS checks the subject that a service publishes on, not the reply subject, where the server's answer goes.
for (const version of ['2.15.1', '2.10.26'])
  describe(`an event in another’s name, on NATS ${version}`, { timeout: 120_000 }, () => {
    let nats: TestServer
    let brokers: Record<Service, Broker>
    before(async () => {
      nats = await testNats({ users, version })
      await provision({ url: nats.url, ...logins.provisioner }, 1)
      const opened = consumingServices.map(async (user) => {
        return [user, await connectAs(user, nats.url)] as const
      })
      brokers = Object.fromEntries(await Promise.all(opened)) as typeof brokers
    })
    after(async () => {
      await Promise.all(consumingServices.map((user) => brokers[user].close()))
      await nats[Symbol.asyncDispose]()
    })

    /** Consumes as `delivery` until the end of the test. */
    function deliver() {
      const handled: string[] = []
      const consumers = openConsumers({
        broker: brokers.delivery,
        subscriptions: subscriptionsOf('delivery'),
        handle: async ({ id }) => void handled.push(id),
        isOutage: () => false,
        isUp: async () => {},
        replicas: 1,
        log: quietLog,
      })
      return { handled, [Symbol.asyncDispose]: consumers.stop }
    }

    const paymentsStored = async () => (await brokers.payment.jsm.streams.info('PAYMENTS')).state.last_seq

    it('is refused by the consumers, though the server stores it', async () => {
      const { dashboard, delivery } = brokers
      const forged = approved()
      const data = encoder.encode(JSON.stringify(forged.data))
      const headers = toHeaders(forged, 'payment')
      const { seq } = await dashboard.js.publish('dead-letters.dashboard.x', data, { headers })
      const before = await paymentsStored()
      dashboard.connection.publish(
        '$JS.API.DIRECT.GET.DEAD_LETTERS',
        encoder.encode(JSON.stringify({ seq })),
        {
          reply: forged.subject,
        },
      )
      await eventually(async () => assert.equal(await paymentsStored(), before + 1))

      await using delivered = deliver()
      const real = approved()
      await publishEvent(brokers.payment, real)
      await eventually(() => assert.deepEqual(delivered.handled, [real.id]))
      await eventually(async () => {
        const { deadLetters } = await readDeadLetters(delivery, { limit: 10 })
        assert.match(String(deadLetters[0]?.error), /an answer of the server, not an event/)
      })
    })

    it('is refused without the server’s headers, too', async () => {
      const stranger = { ...brokers.payment, sign: undefined }
      await using delivered = deliver()
      const [unsigned, real] = [approved(), approved()]
      const data = encoder.encode(JSON.stringify(unsigned.data))
      await stranger.js.publish(unsigned.subject, data, { headers: toHeaders(unsigned, 'payment') })
      const fromAnother = toHeaders(unsigned, 'dashboard')
      await stranger.js.publish(unsigned.subject, data, { headers: fromAnother })
      await publishEvent(brokers.payment, real)
      await eventually(() => assert.equal(delivered.handled.includes(real.id), true))
      assert.equal(delivered.handled.includes(unsigned.id), false)
      await eventually(async () => {
        const { deadLetters } = await readDeadLetters(brokers.delivery, { limit: 100 })
        const errors = deadLetters.map(({ error }) => error)
        assert.equal(
          errors.some((error) => error.includes('payment did not sign it')),
          true,
          String(errors),
        )
        assert.equal(
          errors.some((error) => error.includes('only payment publishes')),
          true,
          String(errors),
        )
      })
    })

    for (const user of ['order', 'delivery', 'dashboard'] as const)
      it(`is not made by any request that ${user} may send, its answer sent to payment’s stream`, async () => {
        const { connection } = brokers[user]
        const subjects = permissionsOf(user).publish.map((subject) =>
          subject.replace(/\.>$/, '.x').replaceAll('*', '1'),
        )
        const before = await paymentsStored()
        for (const subject of subjects)
          for (const body of ['', '{}', '{"seq":1}', '{"batch":1,"no_wait":true}'])
            connection.publish(subject, encoder.encode(body), { reply: approved().subject })
        await connection.flush()
        await eventually(async () => assert.ok((await paymentsStored()) > before, 'no answer was stored'))

        await using delivered = deliver()
        const real = approved()
        await publishEvent(brokers.payment, real)
        await eventually(() => assert.equal(delivered.handled.includes(real.id), true))
        assert.deepEqual(
          delivered.handled.filter((id) => id !== real.id),
          [],
        )
      })

    it('is not made by a consumer that pushes other events into payment’s stream', async () => {
      const { order, delivery, payment } = brokers
      const orderId = keyOf(approved().subject)
      const deliver_subject = `payments.approved.${orderId}`
      // Only order may subscribe there, and without a subscription the server pushes nothing.
      order.connection.subscribe(deliver_subject)
      const config = { durable_name: 'order', ack_policy: 'none', deliver_subject }
      const body = encoder.encode(JSON.stringify({ stream_name: 'DELIVERIES', config }))
      await order.connection.request('$JS.API.CONSUMER.DURABLE.CREATE.DELIVERIES.order', body)
      await using delivered = deliver()
      const before = await paymentsStored()
      const failed = stamped(DeliveryFailed({ ...DeliveryFailed.example, orderId }))
      await publishEvent(delivery, failed)
      await eventually(async () => assert.ok((await paymentsStored()) > before, 'nothing was pushed'))
      const real = approved()
      await publishEvent(payment, real)
      await eventually(() => assert.equal(delivered.handled.includes(real.id), true))
      assert.equal(delivered.handled.includes(failed.id), false)
    })
  })
