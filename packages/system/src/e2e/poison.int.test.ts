import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type Service, serviceContracts, streams, subscriptionsOf } from '@saucery/contracts/choreography'
import { DeliveryFailed } from '@saucery/contracts/delivery'
import { OrderCancelled, OrderPlaced } from '@saucery/contracts/order'
import { PaymentApproved } from '@saucery/contracts/payment'
import { type Consumers, openConsumers } from '@saucery/messaging/consumer/consumer'
import { type Event, type Fact, stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import { type Broker, connectBroker } from '@saucery/messaging/nats/connection'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testKeys } from '@saucery/messaging/testing/keys'
import { quietLog } from '@saucery/messaging/testing/log'
import { messagesOf, publishEvent } from '@saucery/messaging/testing/messages'
import { provision } from '@saucery/provision/provision'
import { type TestServer, testNats } from '@saucery/servers/testing/servers'

const stamped = (fact: Fact): Event =>
  stamp(fact, { id: 'a-test', traceparent: newTraceparent() }, new Date())

/** Of each stream, so that each service consumes some of them. */
const examples = [OrderPlaced, OrderCancelled, PaymentApproved, DeliveryFailed].map(
  (event) => (orderId: string) => event({ ...event.example, orderId } as never) as Fact,
)

interface Poison {
  readonly event?: (event: Event) => Event
  readonly headers?: Record<string, string>
  readonly why: RegExp
}

const withData = (event: Event, changed: object): Event => ({ ...event, data: { ...event.data, ...changed } })

const poisons: Record<string, Poison> = {
  'data of another order': {
    event: (event) => withData(event, { orderId: randomUUID() }),
    why: /of order .* on the subject of/,
  },
  'capitals in the order’s id': {
    event: (event) => {
      const [family, what, id = ''] = event.subject.split('.')
      const orderId = id.toUpperCase()
      return { ...withData(event, { orderId }), subject: `${family}.${what}.${orderId}` }
    },
    why: /on the subject of/,
  },
  'an order’s id that is none': {
    event: (event) => ({
      ...withData(event, { orderId: 'one' }),
      subject: event.subject.replace(/[^.]+$/, 'one'),
    }),
    why: /invalid/,
  },
  'no order’s id': { event: (event) => ({ ...event, data: {} }), why: /invalid/ },
  'data that is a list': { event: (event) => ({ ...event, data: [] }), why: /invalid/ },
  'a time that is none': { headers: { 'ce-time': 'yesterday' }, why: /ce-time is not a time/ },
  'an id with spaces': { headers: { 'ce-id': 'a b' }, why: /no id/ },
  'an id that is too long': { headers: { 'ce-id': 'x'.repeat(300) }, why: /no id/ },
  'a version before the first': { headers: { 'ce-dataschema': 'urn:event:X:0' }, why: /no version 0/ },
  'a version that is no number': { headers: { 'ce-dataschema': 'urn:event:X:new' }, why: /no version NaN/ },
  'another event’s type': { headers: { 'ce-type': 'PaymentVoided' }, why: /unknown event/ },
  'another source': { headers: { 'ce-source': '/dashboard' }, why: /only .* publishes/ },
  'an answer’s header': { headers: { 'Nats-Sequence': '1' }, why: /an answer of the server/ },
}

describe('a poisonous message', { timeout: 120_000 }, () => {
  let nats: TestServer
  let broker: Broker
  const brokers: Broker[] = []
  const consumers: Consumers[] = []
  const handled: string[] = []

  async function consume(service: Service) {
    const own = await connectBroker({ url: nats.url, name: service, keys: testKeys, log: quietLog })
    brokers.push(own)
    consumers.push(
      openConsumers({
        broker: own,
        subscriptions: subscriptionsOf(service),
        handle: async ({ id }) => handled.push(`${service} ${id}`),
        isOutage: () => false,
        isUp: async () => {},
        replicas: 1,
        log: quietLog,
      }),
    )
  }

  before(async () => {
    nats = await testNats()
    await provision({ url: nats.url }, 1)
    for (const { service } of serviceContracts) await consume(service)
    broker = await connectBroker({ url: nats.url, name: 'a-test', keys: testKeys, log: quietLog })
  })
  after(async () => {
    await Promise.all(consumers.map((one) => one.stop()))
    await Promise.all([...brokers, broker].map((one) => one.close()))
    await nats[Symbol.asyncDispose]()
  })

  const consumersOf = ({ name }: Event) =>
    serviceContracts.filter(({ consumes }) => consumes.some(({ event }) => event === name))

  const deadLetters = () => messagesOf(broker, 'DEAD_LETTERS')

  it('becomes one dead letter of each service that consumes its event, says why, and is handled by none', async () => {
    const wanted = new Map<string, { what: string; why: RegExp }>()
    for (const [what, { event: poisoned = (event: Event) => event, headers = {}, why }] of Object.entries(
      poisons,
    ))
      for (const example of examples) {
        const event = poisoned(stamped(example(randomUUID())))
        for (const { service } of consumersOf(event))
          wanted.set(`dead-letters.${service}.${event.subject} ${event.id}`, { what, why })
        await publishEvent(broker, event, { headers })
      }
    const found = await eventually(async () => {
      const letters = await deadLetters()
      assert.ok(letters.length >= wanted.size, `${letters.length} of ${wanted.size}`)
      return letters
    })
    const keyOf = (letter: (typeof found)[number]) =>
      `${letter.subject} ${letter.header('dead-letter-message-id')}`
    assert.equal(found.length, wanted.size)
    assert.deepEqual(new Set(found.map(keyOf)), new Set(wanted.keys()))
    for (const letter of found) {
      const { what, why } = wanted.get(keyOf(letter)) as { what: string; why: RegExp }
      assert.match(letter.header('dead-letter-error'), why, `${what} on ${letter.subject}`)
    }
    assert.deepEqual(handled, [])
  })

  it('is refused by the stream when its subject has fewer or more tokens', async () => {
    const before = (await deadLetters()).length
    const event = stamped(OrderPlaced(OrderPlaced.example))
    for (const subject of [
      'orders.placed',
      `orders.placed.a.${OrderPlaced.example.orderId}`,
      'payments.approved.a.b',
    ])
      await assert.rejects(publishEvent(broker, { ...event, subject }), { code: '503' }, subject)
    const subjects = await Promise.all(
      streams.map(async ({ name }) => (await broker.jsm.streams.info(name)).config.subjects),
    )
    assert.deepEqual(subjects, [['orders.*.*'], ['payments.*.*'], ['deliveries.*.*']])
    assert.equal((await deadLetters()).length, before)
  })
})
