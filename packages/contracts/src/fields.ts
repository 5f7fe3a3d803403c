import { z } from 'zod'

/** Payments and deliveries have no id of their own: the order's id names them too. */
export const orderId = z.uuid()

/** The id of a branch or a sauce: printable text without spaces. Postgres cannot store NUL in text. */
export const itemId = z
  .string()
  .regex(/^[^\p{C}\p{Z}]{1,64}$/u, 'must be 1 to 64 printable characters without spaces')

export const qty = z.int().min(1).max(1_000_000)

/** Whole won. */
export const won = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

export const exampleOrderId = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'

/** For an event that carries nothing but its order. */
export const onlyOrderId = { schema: z.object({ orderId }), example: { orderId: exampleOrderId } }

const secrets = z.registry<{ readonly isSecret: true }>()

/** Marks a field whose values no operator may see, in a dead letter's message for example. */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  secrets.add(schema, { isSecret: true })
  return schema
}

/** What a schema may consist of, as zod 4 keeps it. */
type Definition = Readonly<
  Partial<Record<'innerType' | 'element' | 'valueType' | 'in' | 'out', z.ZodType>>
> & {
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly options?: readonly z.ZodType[]
}

/**
 * The names of the secret fields in these schemas, at any depth. By their names they are hidden in data that is not
 * valid, too.
 */
export function secretFieldsIn(schemas: readonly z.ZodType[]): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (schema: z.ZodType, name?: string): void => {
    if (secrets.has(schema) && name !== undefined) found.add(name)
    const { shape, options = [], innerType, element, valueType, ...pipe } = schema.def as Definition
    for (const [field, of] of Object.entries(shape ?? {})) visit(of, field)
    for (const part of [...options, innerType, element, valueType, pipe.in, pipe.out])
      if (part) visit(part, name)
  }
  for (const schema of schemas) visit(schema)
  return found
}
