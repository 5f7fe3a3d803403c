import type { z } from 'zod'

/** Every event carries its order's id, which is also the last token of its subject. */
type OfAnOrder = { orderId: string }

/** Something that happened, as a decision returns it: without id and time. */
export interface Fact<Name extends string = string, Data extends OfAnOrder = OfAnOrder> {
  readonly name: Name
  readonly version: number
  /** The NATS subject: `<family>.<what>.<orderId>`. */
  readonly subject: string
  readonly data: Data
}

/** An older version: its schema, and how its data becomes data of the next version. */
export interface EarlierVersion {
  readonly schema: z.ZodType
  readonly upcast: (data: never) => unknown
}

export interface EventDefinition<Name extends string = string, Data extends OfAnOrder = OfAnOrder> {
  (data: Data): Fact<Name, Data>
  readonly event: Name
  /** The subject without the order's id, such as `orders.placed`. */
  readonly subject: string
  /** The version published now; the first is 1. */
  readonly version: number
  readonly stream: string
  readonly schema: z.ZodType<Data>
  readonly earlier: readonly EarlierVersion[]
  readonly example: Data
  /**
   * Reads data of any published version, and upcasts it to the current one.
   * @param key the last token of the subject
   * @throws UnreadableEvent when the version is unknown, or the data is invalid or of another order than the key
   */
  read(version: number, data: unknown, key: string): Data
}

export type FactOf<Definition> =
  Definition extends EventDefinition<infer Name, infer Data> ? Fact<Name, Data> : never

export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent'
  readonly code: 'unknown-version' | 'invalid-data'
  constructor(code: UnreadableEvent['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Declares one event; its stream, filters, permissions and documents are derived from this.
 * @param is `earlier` has the versions before `version`, the oldest first; each upcasts to the next one
 */
export function defineEvent<const Name extends string, Data extends OfAnOrder>(
  event: Name,
  subject: string,
  version: number,
  is: { schema: z.ZodType<Data>; example: NoInfer<Data>; earlier?: readonly EarlierVersion[] },
): EventDefinition<Name, Data> {
  const { earlier = [] } = is
  if (earlier.length !== version - 1)
    throw new Error(`${event} ${version} needs ${version - 1} earlier versions`)

  function check(schema: z.ZodType, data: unknown): unknown {
    const result = schema.safeParse(data)
    if (result.success) return result.data
    const { error: cause } = result
    throw new UnreadableEvent('invalid-data', `invalid ${event}: ${cause.message}`, { cause })
  }

  function read(from: number, data: unknown, key: string): Data {
    if (!Number.isInteger(from) || from < 1 || from > version)
      throw new UnreadableEvent('unknown-version', `${event} has no version ${from}, only 1 to ${version}`)
    const upcasted = earlier
      .slice(from - 1)
      .reduce((old, { schema, upcast }) => upcast(check(schema, old) as never), data)
    const read = check(is.schema, upcasted) as Data
    // Postgres and MongoDB would tell apart ids that differ in capitals only, each in its own way.
    if (read.orderId !== key || key !== key.toLowerCase())
      throw new UnreadableEvent('invalid-data', `${event} of order ${read.orderId} on the subject of ${key}`)
    return read
  }

  const make = (data: Data) => ({ name: event, version, subject: `${subject}.${data.orderId}`, data })
  const stream = subject.slice(0, subject.indexOf('.')).toUpperCase()
  return Object.assign(make, { event, subject, version, stream, ...is, earlier, read })
}
