import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { events, type Service, serviceContracts, streams, subscriptionsOf } from './choreography.ts'
import { subscriptionsDigest } from './documents/subscriptions-digest.ts'

// The design's table, written by hand: a change of the choreography has to be made here as well.
const published = {
  order: { OrderPlaced: 'orders.placed', OrderCancelled: 'orders.cancelled' },
  payment: {
    PaymentApproved: 'payments.approved',
    PaymentDeclined: 'payments.declined',
    PaymentVoided: 'payments.voided',
    PaymentRefunded: 'payments.refunded',
  },
  delivery: {
    DeliveryStarted: 'deliveries.started',
    DeliveryCompleted: 'deliveries.completed',
    DeliveryFailed: 'deliveries.failed',
    DeliveryCancelled: 'deliveries.cancelled',
    CancellationRefused: 'deliveries.cancellation-refused',
  },
  dashboard: {},
}

const consumed: Record<Service, readonly string[]> = {
  order: [
    'PaymentApproved',
    'PaymentDeclined',
    'PaymentVoided',
    'PaymentRefunded',
    'DeliveryStarted',
    'DeliveryCompleted',
    'DeliveryFailed',
    'DeliveryCancelled',
  ],
  payment: ['OrderPlaced', 'OrderCancelled', 'DeliveryFailed', 'DeliveryCancelled'],
  delivery: ['OrderCancelled', 'PaymentApproved'],
  dashboard: Object.values(published).flatMap(Object.keys),
}

describe('the choreography', () => {
  it('has events that each have a name and a subject of their own', () => {
    assert.equal(new Set(events.map(({ event }) => event)).size, events.length)
    assert.equal(new Set(events.map(({ subject }) => subject)).size, events.length)
  })

  it('has every service publish the events of the design’s table', () => {
    const inCode = serviceContracts.map(({ service, publishes }) => [
      service,
      Object.fromEntries(publishes.map(({ event, subject }) => [event, subject])),
    ])
    assert.deepEqual(Object.fromEntries(inCode), published)
  })

  it('publishes a service’s events on the service’s own stream', () => {
    for (const { publishes, stream } of serviceContracts) {
      for (const event of publishes) assert.equal(event.stream, stream)
    }
  })

  it('gives each stream the subjects of its family', () => {
    assert.deepEqual(streams, [
      { name: 'ORDERS', subjects: ['orders.*.*'] },
      { name: 'PAYMENTS', subjects: ['payments.*.*'] },
      { name: 'DELIVERIES', subjects: ['deliveries.*.*'] },
    ])
  })

  it('has no service consume its own events', () => {
    for (const { publishes, consumes } of serviceContracts)
      assert.deepEqual(
        publishes.filter((event) => consumes.includes(event)),
        [],
      )
  })

  it('has the dashboard consume every event', () => {
    const dashboard = serviceContracts.find(({ service }) => service === 'dashboard')
    assert.deepEqual(dashboard?.consumes, events)
  })
})

describe('the subscriptions', () => {
  for (const [service, wanted] of Object.entries(consumed)) {
    it(`of ${service} are one for each stream, with the events it consumes`, () => {
      const subscriptions = subscriptionsOf(service as Service)
      assert.equal(new Set(subscriptions.map(({ stream }) => stream)).size, subscriptions.length)
      for (const { stream, events: of } of subscriptions)
        assert.deepEqual(new Set(of.map((event) => event.stream)), new Set([stream]))
      const names = subscriptions.flatMap(({ events: of }) => of.map(({ event }) => event))
      assert.deepEqual([names.length, new Set(names)], [wanted.length, new Set(wanted)])
    })
  }

  it('have a version, raised with each change: when this digest changes, raise the version', () => {
    const all = serviceContracts.flatMap(({ service }) => subscriptionsOf(service))
    const digest = subscriptionsDigest(
      Object.entries(consumed).map(([service, consumes]) => ({ service, consumes })),
    )
    assert.deepEqual([new Set(all.map(({ version }) => version)), digest], [new Set([1]), '9d342c1f'])
  })
})
