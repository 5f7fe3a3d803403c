import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stamped } from '@saucery/chassis/testing/events'
import { OrderPlaced } from '@saucery/contracts/order'
import { Unprocessable } from '@saucery/messaging/events/cloud-events'
import { reactions } from './reactions.ts'
import type { Addition } from './store/view-writer.ts'

async function additionsAfter(time: string): Promise<Addition[]> {
  const additions: Addition[] = []
  const react = reactions({ add: async (addition) => void additions.push(addition) })
  await react({ ...stamped(OrderPlaced(OrderPlaced.example)), time, stream: 'ORDERS', sequence: 1 })
  return additions
}

describe('the time of an event', () => {
  for (const [published, stored] of [
    ['2026-01-31T12:00:00.250Z', '2026-01-31T12:00:00.250Z'],
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T21:00:00.1234567+09:00', '2026-01-31T12:00:00.123Z'],
  ] as const)
    it(`is stored in one form when it is ${published}`, async () => {
      const [addition] = await additionsAfter(published)
      assert.equal(addition?.entry.time, stored)
    })

  for (const published of [
    'yesterday',
    '2026-13-01T00:00:00Z',
    '31일 오후 12시에 있었던 일이다',
    '+010000-01-01T00:00:00Z',
  ])
    it(`makes it a dead letter when it is ${published}`, async () => {
      await assert.rejects(additionsAfter(published), Unprocessable)
    })
})
