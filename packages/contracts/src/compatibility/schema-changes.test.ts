import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { type JsonSchema, schemaChanges } from './schema-changes.ts'
import { dataOf, objectShapes, zodOf } from './testing/arbitrary-contracts.ts'
import { additionsTo, breakingEditsOf } from './testing/edits.ts'

const jsonOf = (schema: z.ZodType) => z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as JsonSchema

const changesBetween = (before: z.ZodType, after: z.ZodType) =>
  schemaChanges(jsonOf(before), jsonOf(after)).map(({ field, change }) => `${field} ${change}`.trim())

const weight = z.object({ value: z.int().max(10), unit: z.enum(['g', 'kg']) })

describe('the changes of a schema', () => {
  for (const [title, before, after, changes] of [
    [
      'are none where an optional field was added',
      z.object({}),
      z.object({ note: z.string().optional() }),
      [],
    ],
    ['are none where a description was added', z.int(), z.int().describe('In grams'), []],
    [
      'are none where an optional field was added inside a list',
      z.array(z.object({})),
      z.array(z.object({ note: z.string().optional() })),
      [],
    ],
    [
      'name a field that was added as required',
      z.object({}),
      z.object({ qty: z.int() }),
      ['qty was added as a required field'],
    ],
    [
      'name a field that was made required',
      z.object({ weight: z.object({ unit: z.string().optional() }) }),
      z.object({ weight: z.object({ unit: z.string() }) }),
      ['weight.unit was optional, and is required'],
    ],
    [
      'name a field that was made optional, which consumers from before require',
      z.object({ qty: z.int() }),
      z.object({ qty: z.int().optional() }),
      ['qty was required, and is optional'],
    ],
    ['name a field that was removed', z.object({ qty: z.int() }), z.object({}), ['qty was removed']],
    [
      'name the values that an enum lost, and those that it gained',
      z.object({ unit: z.enum(['g', 'kg']) }),
      z.object({ unit: z.enum(['g', 'lb']) }),
      ['unit can no longer be "kg"', 'unit can also be "lb"'],
    ],
    [
      'take a literal for an enum of one value',
      z.object({ unit: z.enum(['g', 'kg']) }),
      z.object({ unit: z.literal('g') }),
      ['unit can no longer be "kg"'],
    ],
    [
      'name a text that became an enum',
      z.object({ unit: z.string() }),
      z.object({ unit: z.enum(['g']) }),
      ['unit has become one of "g"'],
    ],
    [
      'name another type',
      z.object({ qty: z.int() }),
      z.object({ qty: z.string() }),
      ['qty was of type integer, and is of type string'],
    ],
    [
      'name a limit that was moved in an item of a list',
      z.object({ parts: z.array(weight) }),
      z.object({ parts: z.array(weight.extend({ value: z.int().max(20) })) }),
      ['parts[].value had maximum 10, and has 20'],
    ],
    [
      'name a field of an alternative',
      z.object({ of: z.union([z.string(), weight]) }),
      z.object({ of: z.union([z.string(), weight.omit({ unit: true })]) }),
      ['of|2.unit was removed'],
    ],
    [
      'name an alternative that was added',
      z.union([z.string(), z.int()]),
      z.union([z.string(), z.int(), z.null()]),
      ['had 2 schemas in anyOf, and has 3'],
    ],
    [
      'name a field that consumers from before refuse, because they know all fields',
      z.strictObject({}),
      z.strictObject({ note: z.string().optional() }),
      ['note was added, where other fields are restricted'],
    ],
    [
      'name a value of a record',
      z.object({ byBranch: z.record(z.string(), z.int()) }),
      z.object({ byBranch: z.record(z.string(), z.string()) }),
      ['byBranch[] was of type integer, and is of type string'],
    ],
    [
      'name another default, which is in the data that is read',
      z.object({ qty: z.int().default(1) }),
      z.object({ qty: z.int().default(2) }),
      ['qty had default 1, and has 2'],
    ],
  ] as const)
    it(title, () => assert.deepEqual(changesBetween(before, after), changes))

  it('are none for any schema and itself', () => {
    fc.assert(
      fc.property(objectShapes, (shape) => assert.deepEqual(changesBetween(zodOf(shape), zodOf(shape)), [])),
    )
  })

  it('are missing only where old and new code read each other’s data', () => {
    const edited = objectShapes.chain((before) =>
      fc
        .constantFrom(...additionsTo(before), ...breakingEditsOf(before))
        .map(({ to, what }) => ({ before, to, what })),
    )
    let compatible = 0
    fc.assert(
      fc.property(
        edited.chain(({ before, to, what }) =>
          fc.record({
            before: fc.constant(before),
            to: fc.constant(to),
            what: fc.constant(what),
            old: dataOf(before),
            next: dataOf(to),
          }),
        ),
        ({ before, to, what, old, next }) => {
          const [was, is] = [zodOf(before), zodOf(to)]
          if (changesBetween(was, is).length > 0) return
          compatible++
          assert.ok(is.safeParse(old).success, `${what}: the new code refuses ${JSON.stringify(old)}`)
          assert.ok(was.safeParse(next).success, `${what}: the old code refuses ${JSON.stringify(next)}`)
        },
      ),
      { numRuns: 300 },
    )
    assert.ok(compatible > 10, 'hardly any edit was compatible')
  })
})
