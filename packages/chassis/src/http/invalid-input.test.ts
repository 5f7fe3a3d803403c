import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { invalidInput } from './invalid-input.ts'

const placesIn = (schema: z.ZodType, input: unknown, where: 'body' | 'query' = 'body') => {
  const { error } = schema.safeParse(input)
  assert.ok(error)
  return invalidInput(error, where, input).problem.errors?.map(
    ({ pointer, parameter }) => pointer ?? parameter,
  )
}

describe('invalid input', () => {
  const schema = z.strictObject({ qty: z.int().max(10), of: z.strictObject({ 'a/b~c': z.string() }) })

  it('is named by a pointer, with escapes', () => {
    assert.deepEqual(placesIn(schema, { qty: 1, of: { 'a/b~c': 1 } }), ['/of/a~1b~0c'])
    assert.deepEqual(placesIn(z.array(z.string()), ['', 1]), ['/1'])
    assert.deepEqual(placesIn(schema, []), [''])
  })

  it('is named at each unknown field, at any depth', () => {
    const input = { qty: 1, color: 'red', of: { 'a/b~c': '', 'd/e': 1 }, size: 2 }
    assert.deepEqual(placesIn(schema, input)?.sort(), ['/color', '/of/d~1e', '/size'])
  })

  it('that is missing is required, whatever its schema says of it', async () => {
    const id = z.union([z.string(), z.int()], { error: 'must be an id' })
    const schema = z.strictObject({ id, qty: z.int(), of: z.strictObject({ id }), kind: z.enum(['a']) })
    const detailsFor = (input: object) => {
      const { error } = schema.safeParse(input)
      assert.ok(error)
      return new Set(invalidInput(error, 'body', input).problem.errors?.map(({ detail }) => detail))
    }
    assert.deepEqual(detailsFor({ of: {} }), new Set(['is required']))
    assert.deepEqual(detailsFor({ id: null, qty: 1, of: { id: 1 }, kind: 'a' }), new Set(['must be an id']))
  })

  it('is named once, however much is wrong with a field', () => {
    assert.deepEqual(placesIn(schema, { qty: 2 ** 60, of: { 'a/b~c': '' } }), ['/qty'])
  })

  it('in a query is named by its parameter', () => {
    assert.deepEqual(placesIn(z.object({ limit: z.coerce.number().max(10) }), { limit: '11' }, 'query'), [
      'limit',
    ])
  })
})
