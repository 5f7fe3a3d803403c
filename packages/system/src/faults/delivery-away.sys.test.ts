import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { hastyClient, tryToPlace } from '../support/orders.ts'
import { runningSystem } from '../support/running-system.ts'

describe('while delivery is away', { timeout: 240_000 }, () => {
  it('orders are placed and paid, and delivery catches up when it is back', async () => {
    await using system = await runningSystem()
    const client = hastyClient(system.urls.gateway)
    await system.services.delivery.stop()

    const prices = [1000, 2000, 3000, 4000, 5000]
    const ids = await Promise.all(prices.map((price) => tryToPlace(client, price)))
    for (const id of ids) await eventually(() => hasStatus(id, 'PAID'))
    await assert.rejects(client.get('/deliveries'), ({ name, status }) => {
      assert.equal(name, 'CallRefused')
      assert.ok([502, 503].includes(status), status)
      return true
    })

    system.services.delivery.start()
    await eventually(async () => {
      const { items } = await client.get('/deliveries')
      assert.deepEqual(new Set(items.map(({ orderId }) => orderId)), new Set(ids))
      assert.equal(
        items.every(({ status }) => status === 'STARTED'),
        true,
      )
    })
    for (const id of ids) await eventually(() => hasStatus(id, 'DELIVERING'))

    async function hasStatus(id: string, expected: string): Promise<void> {
      const order = await client.get('/orders/{id}', { path: { id } })
      const view = await client.get('/orderDashboards/{id}', { path: { id } })
      assert.deepEqual([order.status, view.status], [expected, expected])
    }
  })
})
