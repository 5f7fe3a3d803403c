import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { door } from '../support/door.ts'
import { runningSystem } from '../support/running-system.ts'

interface Page {
  readonly items: readonly { readonly orderId: string; readonly status: string }[]
}

describe('while delivery is away', { timeout: 240_000 }, () => {
  it('orders are placed and paid, and delivery catches up when it is back', async () => {
    await using system = await runningSystem()
    const { place, get } = door(system.urls.gateway)
    await system.services.delivery.stop()

    const ids = await Promise.all([1000, 2000, 3000, 4000, 5000].map(place))
    for (const id of ids) await eventually(() => hasStatus(id, 'PAID'))
    await assert.rejects(get('/deliveries'), /answered 50[23]/)

    system.services.delivery.start()
    await eventually(async () => {
      const { items } = (await get('/deliveries')) as Page
      assert.deepEqual(new Set(items.map(({ orderId }) => orderId)), new Set(ids))
      assert.equal(
        items.every(({ status }) => status === 'STARTED'),
        true,
      )
    })
    for (const id of ids) await eventually(() => hasStatus(id, 'DELIVERING'))

    async function hasStatus(id: string | undefined, status: string): Promise<void> {
      const order = (await get(`/orders/${id}`)) as { status: string }
      const view = (await get(`/orderDashboards/${id}`)) as { status: string }
      assert.deepEqual([order.status, view.status], [status, status])
    }
  })
})
