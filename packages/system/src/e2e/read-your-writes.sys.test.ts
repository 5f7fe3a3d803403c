import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runningSystem } from '../support/running-system.ts'

const [clients, ordersEach] = [20, 25]

describe('who changes an order', { timeout: 240_000 }, () => {
  it('reads that on the dashboard at once, a thousand times, through the gateway', async (t) => {
    await using system = await runningSystem()
    const { gateway } = system.urls
    const wanted = { branchId: 1, sauceId: 1, qty: 1, price: 1000 }
    const took: number[] = []

    async function changeAndRead(path: string, status: number, body: object = {}): Promise<string> {
      const headers = { 'content-type': 'application/json' }
      const changed = await fetch(`${gateway}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
      assert.equal(changed.status, status)
      const { id } = (await changed.json()) as { id: string }
      const eventId = String(changed.headers.get('event-id'))
      const began = performance.now()
      const read = await fetch(`${gateway}/orderDashboards/${id}?after=${eventId}`, {
        headers: { prefer: 'wait=20' },
      })
      took.push(performance.now() - began)
      assert.equal(read.status, 200)
      const { timeline } = (await read.json()) as { timeline: { id: string }[] }
      assert.equal(timeline.filter((entry) => entry.id === eventId).length, 1, 'stale')
      return id
    }

    // Of a cancel the dashboard has the order already, only older: who is not made to wait for the event is given that.
    async function placeAndCancel(): Promise<void> {
      const id = await changeAndRead('/orders', 201, wanted)
      await changeAndRead(`/orders/${id}/cancel`, 202)
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
