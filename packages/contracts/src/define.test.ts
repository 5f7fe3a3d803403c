import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { events } from './choreography.ts'
import { defineEvent, type EventDefinition, UnreadableEvent } from './define.ts'
import { exampleOrderId as orderId } from './fields.ts'
import { OrderCancelled } from './order.ts'

const id = { orderId: z.uuid() }

// Version 1 had whole kilograms, version 2 grams, version 3 a value with its unit.
const SauceWeighed = defineEvent('SauceWeighed', 'scales.weighed', 3, {
  schema: z.object({ ...id, weight: z.object({ value: z.int(), unit: z.literal('g') }) }),
  example: { orderId, weight: { value: 1500, unit: 'g' } },
  earlier: [
    {
      schema: z.object({ ...id, kilograms: z.int() }),
      upcast: (old: { orderId: string; kilograms: number }) => ({
        orderId: old.orderId,
        grams: old.kilograms * 1000,
      }),
    },
    {
      schema: z.object({ ...id, grams: z.int() }),
      upcast: (old: { orderId: string; grams: number }) => ({
        orderId: old.orderId,
        weight: { value: old.grams, unit: 'g' },
      }),
    },
  ],
})

const unreadable = (code: UnreadableEvent['code']) => (error: unknown) =>
  error instanceof UnreadableEvent && error.code === code

describe('an event’s definition', () => {
  it('makes a fact whose subject ends in the order’s id', () => {
    assert.deepEqual(OrderCancelled({ orderId, reason: 'requested' }), {
      name: 'OrderCancelled',
      version: 1,
      subject: `orders.cancelled.${orderId}`,
      data: { orderId, reason: 'requested' },
    })
  })

  it('names the stream after the subject’s first token', () => {
    assert.equal(SauceWeighed.stream, 'SCALES')
  })

  it('refuses a version whose predecessors are not all declared', () => {
    assert.throws(() =>
      defineEvent('SauceSpilled', 'scales.spilled', 2, { schema: z.object(id), example: { orderId } }),
    )
  })
})

describe('reading', () => {
  it('returns data of the current version as it is', () => {
    const data = { orderId, weight: { value: 7, unit: 'g' } }
    assert.deepEqual(SauceWeighed.read(3, data, orderId), data)
  })

  it('upcasts the first version through every later one', () => {
    const today = { orderId, weight: { value: 2000, unit: 'g' } }
    assert.deepEqual(SauceWeighed.read(1, { orderId, kilograms: 2 }, orderId), today)
  })

  it('upcasts a middle version from where it stands', () => {
    assert.deepEqual(SauceWeighed.read(2, { orderId, grams: 5 }, orderId), {
      orderId,
      weight: { value: 5, unit: 'g' },
    })
  })

  it('strips fields that it does not know', () => {
    const data = { orderId, reason: 'requested', mood: 'bad' }
    assert.deepEqual(OrderCancelled.read(1, data, orderId), { orderId, reason: 'requested' })
  })

  it('refuses data that does not fit its version', () => {
    assert.throws(
      () => OrderCancelled.read(1, { orderId, reason: 'bored' }, orderId),
      unreadable('invalid-data'),
    )
    assert.throws(() => OrderCancelled.read(1, null, orderId), unreadable('invalid-data'))
    assert.throws(() => SauceWeighed.read(1, { orderId, grams: 5 }, orderId), unreadable('invalid-data'))
  })

  it('refuses data of another order than the subject’s, and capitals in its id', () => {
    const cancelled = (id: string) => ({ orderId: id, reason: 'requested' })
    const another = '01936f5e-8a3b-7c21-9d4e-000000000000'
    assert.throws(() => OrderCancelled.read(1, cancelled(another), orderId), unreadable('invalid-data'))
    const capitals = orderId.toUpperCase()
    for (const [inData, inSubject] of [
      [capitals, capitals],
      [orderId, capitals],
      [capitals, orderId],
    ] as const)
      assert.throws(() => OrderCancelled.read(1, cancelled(inData), inSubject), unreadable('invalid-data'))
  })

  it('refuses upcast data that the current schema does not accept', () => {
    const Mislaid = defineEvent('Mislaid', 'scales.mislaid', 2, {
      schema: z.object({ ...id, shelf: z.string() }),
      example: { orderId, shelf: 'A' },
      earlier: [{ schema: z.object(id), upcast: (old: { orderId: string }) => old }],
    })
    assert.throws(() => Mislaid.read(1, { orderId }, orderId), unreadable('invalid-data'))
  })

  for (const version of [0, -1, 1.5, 4, Number.NaN]) {
    it(`refuses version ${version}, which does not exist`, () => {
      assert.throws(
        () => SauceWeighed.read(version, SauceWeighed.example, orderId),
        unreadable('unknown-version'),
      )
    })
  }
})

describe('an example', () => {
  for (const event of events as readonly unknown[] as readonly EventDefinition[]) {
    it(`of ${event.event} fits its schema, without further fields`, () => {
      assert.deepEqual(event.read(event.version, event.example, orderId), event.example)
    })
  }
})
