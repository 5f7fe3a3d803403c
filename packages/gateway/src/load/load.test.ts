import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { openGenerator } from './generator.ts'
import { drawPlan, openPacer } from './plan.ts'

describe('the pace of a load', () => {
  it('is so many orders a second, and makes up for a quarter of a second at most', () => {
    let now = 0
    const due = openPacer(() => now)
    const after = (ms: number, perSecond: number) => {
      now += ms
      return due(perSecond)
    }
    assert.deepEqual([after(50, 100), after(50, 100), after(10, 100), after(5, 100)], [5, 5, 1, 0])
    assert.equal(after(60_000, 100), 25)
    assert.deepEqual([after(500, 1), after(500, 1)], [0, 1])
  })
})

describe('the way of an order', () => {
  it('is drawn by its share', () => {
    const drawn = (random: number) =>
      drawPlan({ delivered: 3, 'cancelled-at-once': 1 }, () => random).expected
    assert.deepEqual(
      [drawn(0), drawn(0.74), drawn(0.76), drawn(0.99)],
      ['DELIVERED', 'DELIVERED', 'CANCELLED', 'CANCELLED'],
    )
    assert.equal(drawPlan(undefined, () => 0.3).expected, 'REJECTED')
  })
})

describe('a load', () => {
  it('places orders and delivers them, has so many on their way at most, and stops', async () => {
    let [open, most, answers] = [0, 0, 0]
    const calls = new Set<string>()
    const generator = openGenerator(async (_, method, path) => {
      open += 1
      most = Math.max(most, open)
      await new Promise((resolve) => setTimeout(resolve, 300))
      open -= 1
      calls.add(`${method} ${path}`)
      return path === '/orders'
        ? { status: 201, found: { id: String(answers++) } }
        : { status: 200, found: {} }
    })
    generator.set({ perSecond: 2000, mix: { delivered: 1 } })
    await eventually(() => assert.ok(calls.has('POST /deliveries/0/complete')))
    generator.set(undefined)
    const { placed, refused } = generator.take()
    assert.ok(placed > 100 && refused > 0, `${placed} placed, ${refused} refused`)
    assert.ok(most <= 200 + placed, `${most} at once`)
    await eventually(() => assert.equal(open, 0))
    generator.stop()
  })
})
