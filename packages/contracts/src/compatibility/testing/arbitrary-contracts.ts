import fc from 'fast-check'
import { z } from 'zod'
import type { ServiceContract } from '../../choreography.ts'
import { defineEvent } from '../../define.ts'
import { asyncApiDocument } from '../../documents/asyncapi.ts'
import { exampleOrderId } from '../../fields.ts'
import { type PublishedContracts, readContracts } from '../published-contracts.ts'

/** A schema that can be edited, and that a zod schema and values can be made of. */
export type Shape =
  | { readonly kind: 'number'; readonly max: number }
  | { readonly kind: 'text'; readonly max: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'list'; readonly of: Shape }
  | ObjectShape

export interface ObjectShape {
  readonly kind: 'object'
  readonly fields: Readonly<Record<string, FieldShape>>
}

interface FieldShape {
  readonly shape: Shape
  readonly isOptional: boolean
}

/** The shapes of an event's versions, by the event's name. */
export type ContractShapes = Readonly<Record<string, readonly ObjectShape[]>>

export const zodOf = (shape: Shape): z.ZodType => {
  switch (shape.kind) {
    case 'number':
      return z.int().min(0).max(shape.max)
    case 'text':
      return z.string().max(shape.max)
    case 'flag':
      return z.boolean()
    case 'choice':
      return z.enum(shape.of)
    case 'list':
      return z.array(zodOf(shape.of))
    case 'object':
      return z.object(
        Object.fromEntries(
          Object.entries(shape.fields).map(([name, { shape, isOptional }]) => [
            name,
            isOptional ? zodOf(shape).optional() : zodOf(shape),
          ]),
        ),
      )
  }
}

/** Data that the schema accepts. */
export const dataOf = (shape: Shape): fc.Arbitrary<unknown> => {
  switch (shape.kind) {
    case 'number':
      return fc.integer({ min: 0, max: shape.max })
    case 'text':
      return fc.string({ maxLength: shape.max })
    case 'flag':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...shape.of)
    case 'list':
      return fc.array(dataOf(shape.of), { maxLength: 3 })
    case 'object': {
      const fields = Object.entries(shape.fields)
      const requiredKeys = fields.filter(([, { isOptional }]) => !isOptional).map(([name]) => name)
      return fc.record(Object.fromEntries(fields.map(([name, { shape }]) => [name, dataOf(shape)])), {
        requiredKeys,
      })
    }
  }
}

const leaf: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({ kind: fc.constant('number' as const), max: fc.integer({ min: 1, max: 1000 }) }),
  fc.record({ kind: fc.constant('text' as const), max: fc.integer({ min: 1, max: 20 }) }),
  fc.constant({ kind: 'flag' as const }),
  fc.record({
    kind: fc.constant('choice' as const),
    of: fc.subarray(['low', 'medium', 'high', 'none'], { minLength: 2 }),
  }),
)

const objectOf = (shape: fc.Arbitrary<Shape>, minKeys = 0): fc.Arbitrary<ObjectShape> =>
  fc.record({
    kind: fc.constant('object' as const),
    fields: fc.dictionary(
      fc.constantFrom('branch', 'sauce', 'qty', 'reason', 'weight'),
      fc.record({ shape, isOptional: fc.boolean() }),
      { minKeys, maxKeys: 4 },
    ),
  })

const shapes: fc.Arbitrary<Shape> = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constant('list' as const), of: tie('shape') }),
    objectOf(tie('shape')),
  ),
})).shape

/** An event has one field at least besides its order's id. */
export const objectShapes = objectOf(shapes, 1)

export const contractShapes: fc.Arbitrary<ContractShapes> = fc.dictionary(
  fc.constantFrom('SauceWeighed', 'SauceSpilled', 'SauceTasted', 'SauceSold'),
  fc.array(objectShapes, { minLength: 1, maxLength: 3 }),
  { minKeys: 1, maxKeys: 3 },
)

/** What a release with these events has in its AsyncAPI document. */
export function contractsOf(
  events: ContractShapes,
  service: 'order' | 'payment' = 'order',
): PublishedContracts {
  const publishes = Object.entries(events).map(([event, versions]) => {
    const schemas = versions.map(
      (shape) =>
        z.object({ orderId: z.uuid() }).and(zodOf(shape)) as unknown as z.ZodType<{ orderId: string }>,
    )
    return defineEvent(event, `scales.${event.toLowerCase()}`, schemas.length, {
      schema: schemas.at(-1) as z.ZodType<{ orderId: string }>,
      example: { orderId: exampleOrderId },
      earlier: schemas.slice(0, -1).map((schema) => ({ schema, upcast: (data: never) => data })),
    })
  })
  const contract: ServiceContract = { service, stream: 'SCALES', publishes, consumes: publishes }
  return readContracts(JSON.parse(JSON.stringify(asyncApiDocument([contract]))))
}
