import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runningSystem } from './running-system.ts'

const [clients, ordersEach] = [20, 50]

describe('who places an order', { timeout: 240_000 }, () => {
  it('reads it on the dashboard at once, a thousand times, through the gateway', async (t) => {
    await using system = await runningSystem()
    const { gateway } = system.urls
    const body = JSON.stringify({ branchId: 1, sauceId: 1, qty: 1, price: 1000 })
    const took: number[] = []

    async function placeAndRead(): Promise<void> {
      const headers = { 'content-type': 'application/json' }
      const placed = await fetch(`${gateway}/orders`, { method: 'POST', headers, body })
      assert.equal(placed.status, 201)
      const { id } = (await placed.json()) as { id: string }
      const eventId = String(placed.headers.get('event-id'))
      const began = performance.now()
      const read = await fetch(`${gateway}/orderDashboards/${id}?after=${eventId}`, {
        headers: { prefer: 'wait=20' },
      })
      took.push(performance.now() - began)
      assert.equal(read.status, 200)
      const { timeline } = (await read.json()) as { timeline: { id: string }[] }
      assert.equal(timeline.filter((entry) => entry.id === eventId).length, 1, 'stale')
    }

    const client = async () => {
      for (let i = 0; i < ordersEach; i++) await placeAndRead()
    }
    await Promise.all(Array.from({ length: clients }, client))
    took.sort((a, b) => a - b)
    t.diagnostic(`${took.length} reads, half within ${took[took.length / 2]?.toFixed(0)} ms`)
    assert.equal(took.length, clients * ordersEach)
  })
})
