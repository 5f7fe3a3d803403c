import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { statusOf } from '@saucery/contracts/status'
import { openClient } from './client.ts'
import { type ScenarioName, scenarios } from './scenarios.ts'
import type { EventName, OrderView } from './schemas.ts'
import { answeringServer, json } from './testing/server.ts'

const orderId = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
const time = '2026-01-31T12:00:00.000Z'

const view = (events: EventName[]): OrderView => ({
  orderId,
  status: statusOf(new Set(events)),
  since: time,
  eventCount: events.length,
  timeline: events.map((event, sequence) => ({
    id: event,
    event,
    cause: 'a request',
    time,
    stream: 'ORDERS',
    sequence,
    data: {},
  })),
})

const paid = view(['OrderPlaced', 'PaymentApproved'])
const onItsWay = view(['OrderPlaced', 'PaymentApproved', 'DeliveryStarted'])
const delivered = view(['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted'])

/** What is sent, after which of the views that come one after the other. */
async function acting(name: ScenarioName, views: OrderView[]) {
  await using server = await answeringServer(json(200, {}))
  const shown: OrderView[] = []
  await scenarios[name].act(openClient({ url: server.url }), orderId, async (holds) => {
    for (const next of views) {
      shown.push(next)
      if (holds(next)) return next
    }
    throw new Error('it never holds')
  })
  return { after: shown.at(-1), sent: server.requests.map(({ method, url }) => `${method} ${url}`) }
}

describe('a scenario', () => {
  for (const [name, path] of [
    ['delivered', `/deliveries/${orderId}/complete`],
    ['failed', `/deliveries/${orderId}/fail`],
    ['cancelled on the way', `/orders/${orderId}/cancel`],
  ] as const)
    it(`that ends ${name} acts when the order is on its way, and not before`, async () => {
      const expected = { after: onItsWay, sent: [`POST ${path}`] }
      assert.deepEqual(await acting(name, [paid, onItsWay, delivered]), expected)
    })

  it('that ends cancelled at once waits for nothing', async () => {
    const expected = { after: undefined, sent: [`POST /orders/${orderId}/cancel`] }
    assert.deepEqual(await acting('cancelled at once', []), expected)
  })

  it('that ends delivered leaves alone what a courier has delivered by itself', async () => {
    assert.deepEqual((await acting('delivered', [paid, delivered])).sent, [])
  })

  it('that ends declined does nothing more than order too much', async () => {
    assert.deepEqual((await acting('declined', [])).sent, [])
    const { qty, price } = scenarios.declined.order
    assert.ok(Number(qty) * Number(price) > 1_000_000)
  })
})
