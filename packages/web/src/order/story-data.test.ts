import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { heldUp, type Letter, settlementsIn, troublesIn } from './story-data.ts'

const failing = { event: 'OrderPlaced', tries: 2, error: 'a bug' } as never
const letter = (sequence: number, handled: boolean) => ({ sequence, handled }) as Letter

describe('what fails of an order', () => {
  it('is what each service tells of, without the dead letters that were handled since', () => {
    const troubles = troublesIn({
      services: [
        { service: 'order', state: 'down' },
        {
          service: 'payment',
          state: 'up',
          failures: {
            failing: [failing],
            deadLetters: [letter(1, true), letter(2, false)],
            settled: [],
            calls: [],
          },
        },
      ],
    })
    assert.deepEqual(
      troubles.map(({ kind, service, of }) => [kind, service, of]),
      [
        ['failing', 'payment', failing],
        ['letter', 'payment', letter(2, false)],
      ],
    )
  })
})

it('knows what operators did to the dead letters of an order, the earliest first', () => {
  const settled = (sequence: number, settledAt: string) => ({ sequence, settledAt }) as Letter
  const part = (service: 'order' | 'payment', ...letters: Letter[]) =>
    ({
      service,
      state: 'up',
      failures: { failing: [], deadLetters: [], settled: letters, calls: [] },
    }) as const
  const services = [
    part('order', settled(2, '…:02')),
    part('payment', settled(3, '…:03'), settled(1, '…:01')),
  ]
  assert.deepEqual(
    settlementsIn({ services }).map(({ letter }) => letter.sequence),
    [1, 2, 3],
  )
  assert.deepEqual(settlementsIn({ services: [{ service: 'order', state: 'down' }] }), [])
})

describe('a service that an order waits for', () => {
  const behind = { messages: 312, ageMs: 1 }

  it('is held up by its lag, or by being down, whatever its lag is', () => {
    assert.deepEqual(heldUp({ state: 'up', behind }), { by: 'lag', messages: 312 })
    assert.deepEqual(heldUp({ state: 'down', reason: 'away', behind }), { by: 'down', reason: 'away' })
    assert.deepEqual(heldUp({ state: 'up', reason: 'its store is away' }).by, 'down')
  })

  it('is held up by nothing that is known', () => {
    assert.deepEqual(heldUp({ state: 'slow' }), { by: 'nothing' })
    assert.deepEqual(heldUp(undefined), { by: 'nothing' })
  })
})
