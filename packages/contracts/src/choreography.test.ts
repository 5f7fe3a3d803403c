import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { events, type Service, serviceContracts, streams, subscriptionsOf } from './choreography.ts'

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

const ofOrder = ['OrderPlaced', 'OrderCancelled']
const ofPayment = ['PaymentApproved', 'PaymentDeclined', 'PaymentVoided', 'PaymentRefunded']
const ofDelivery = ['DeliveryStarted', 'DeliveryCompleted', 'DeliveryFailed', 'DeliveryCancelled']

const consumed: Record<Service, Record<string, string[]>> = {
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
      const subscriptions = subscriptionsOf(service as Service).map(({ stream, events: of }) => [
        stream,
        of.map(({ event }) => event),
      ])
      assert.deepEqual(subscriptions, Object.entries(wanted))
    })
  }

  it('have a version, raised with each change: when this digest changes, raise the version', () => {
    const all = serviceContracts.flatMap(({ service }) => subscriptionsOf(service))
    const digest = createHash('sha256').update(JSON.stringify(consumed)).digest('hex').slice(0, 8)
    assert.deepEqual([new Set(all.map(({ version }) => version)), digest], [new Set([1]), 'bbfe29a9'])
  })
})
