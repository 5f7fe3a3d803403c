import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Posted } from '@saucery/client/client'
import { hastyClient } from '../support/orders.ts'
import { runningSystem } from '../support/running-system.ts'

const [clients, ordersEach] = [20, 10]

describe('a client that changes an order', { timeout: 240_000 }, () => {
  it('reads the change on the dashboard at once, hundreds of times, through the gateway', async (t) => {
    await using system = await runningSystem()
    const { get, post } = hastyClient(system.urls.gateway)
    const body = { branchId: 1, sauceId: 1, qty: 1, price: 1000 }
    const took: number[] = []

    async function readAfter(change: Posted<{ readonly id: string }>, status: number): Promise<string> {
      assert.equal(change.status, status)
      const { id } = change.data
      const { eventId } = change
      assert.notEqual(eventId, undefined)
      const began = performance.now()
      const { timeline } = await get('/orderDashboards/{id}', {
        path: { id },
        query: { after: eventId },
        header: { prefer: 'wait=20' },
      })
      took.push(performance.now() - began)
      assert.equal(timeline.filter((entry) => entry.id === eventId).length, 1, 'stale')
      return id
    }

    // The dashboard has the order before the cancel: without `after`, it would answer with the older view.
    async function placeAndCancel(): Promise<void> {
      const id = await readAfter(await post('/orders', { body }), 201)
      await readAfter(await post('/orders/{id}/cancel', { path: { id } }), 202)
    }

    const client = async () => {
      for (let i = 0; i < ordersEach; i++) await placeAndCancel()
    }
    await Promise.all(Array.from({ length: clients }, client))
    took.sort((a, b) => a - b)
    t.diagnostic(`${took.length} reads, half within ${took[took.length / 2]?.toFixed(0)} ms`)
    assert.equal(took.length, 2 * clients * ordersEach)
  })
})
