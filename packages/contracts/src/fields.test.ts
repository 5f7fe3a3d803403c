import assert from 'node:assert/strict'
import { it } from 'node:test'
import { z } from 'zod'
import { secretFields } from './choreography.ts'
import { secret, secretFieldsIn } from './fields.ts'

it('a field that is marked as secret is found at any depth, however it is wrapped', () => {
  const card = z.object({ number: secret(z.string()), holder: z.string() })
  const schema = z.object({
    orderId: z.string(),
    card: card.optional(),
    codes: z.array(z.object({ pin: secret(z.int()).nullable() })),
    proof: z.union([z.null(), secret(z.string())]).default(null),
    notes: z.record(z.string(), z.object({ token: secret(z.string()).transform(Number) })),
  })
  assert.deepEqual(secretFieldsIn([schema]), new Set(['number', 'pin', 'proof', 'token']))
  assert.deepEqual(secretFields, new Set())
})
