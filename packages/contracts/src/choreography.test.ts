import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { events, type Service, streams, subscriptionsOf } from './choreography.ts'
import { parties } from './parties.ts'

// The table of the design, by hand: whoever changes what is said changes it here too, knowingly.
const said = {
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

const ofOrder = ['OrderPlaced', 'OrderCancelled']
const ofPayment = ['PaymentApproved', 'PaymentDeclined', 'PaymentVoided', 'PaymentRefunded']
const ofDelivery = ['DeliveryStarted', 'DeliveryCompleted', 'DeliveryFailed', 'DeliveryCancelled']

const heard: Record<Service, Record<string, string[]>> = {
  order: { PAYMENTS: ofPayment, DELIVERIES: ofDelivery },
  payment: { ORDERS: ofOrder, DELIVERIES: ['DeliveryFailed', 'DeliveryCancelled'] },
  delivery: { ORDERS: ['OrderCancelled'], PAYMENTS: ['PaymentApproved'] },
  dashboard: { ORDERS: ofOrder, PAYMENTS: ofPayment, DELIVERIES: [...ofDelivery, 'CancellationRefused'] },
}

describe('the choreography', () => {
  it('has eleven events, each with a name and a subject of its own', () => {
    assert.equal(events.length, 11)
    assert.equal(new Set(events.map(({ event }) => event)).size, 11)
    assert.equal(new Set(events.map(({ subject }) => subject)).size, 11)
  })

  it('lets every service say what the design’s table says', () => {
    const inCode = parties.map(({ service, publishes }) => [
      service,
      Object.fromEntries(publishes.map(({ event, subject }) => [event, subject])),
    ])
    assert.deepEqual(Object.fromEntries(inCode), said)
  })

  it('keeps what a service says on that service’s own stream', () => {
    for (const { publishes, stream } of parties) {
      for (const event of publishes) assert.equal(event.stream, stream)
    }
  })

  it('gives each stream the subjects of its family', () => {
    assert.deepEqual(streams, [
      { name: 'ORDERS', subjects: ['orders.>'] },
      { name: 'PAYMENTS', subjects: ['payments.>'] },
      { name: 'DELIVERIES', subjects: ['deliveries.>'] },
    ])
  })

  it('makes nobody react to an event of their own', () => {
    for (const { publishes, consumes } of parties)
      assert.deepEqual(
        publishes.filter((event) => consumes.includes(event)),
        [],
      )
  })

  it('lets the dashboard hear every event', () => {
    const dashboard = parties.find(({ service }) => service === 'dashboard')
    assert.deepEqual(dashboard?.consumes, events)
  })
})

describe('the subscriptions', () => {
  for (const [service, wanted] of Object.entries(heard)) {
    it(`of ${service} are one for each stream, with the events it reacts to`, () => {
      const subscriptions = subscriptionsOf(service as Service).map(({ stream, events: of }) => [
        stream,
        of.map(({ event }) => event),
      ])
      assert.deepEqual(subscriptions, Object.entries(wanted))
    })
  }
})
