import { serviceContracts } from '@saucery/contracts/choreography'
import type { EventDefinition } from '@saucery/contracts/define'

/** An event as the page shows it. */
export interface CatalogueEvent {
  readonly name: string
  readonly subject: string
  readonly stream: string
  readonly publisher: string
  readonly consumers: readonly string[]
  /** The oldest first. */
  readonly versions: readonly CatalogueVersion[]
}

export interface CatalogueVersion {
  readonly version: number
  readonly isCurrent: boolean
  readonly fields: readonly { readonly name: string; readonly type: string; readonly isRequired: boolean }[]
  readonly schema: object
  /** A message as it was published: subject, headers and data. */
  readonly sample: object
}

/** The JSON Schema of an event's data. */
interface DataSchema {
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly required?: readonly string[]
}

/** The part of the contracts' AsyncAPI document with the schemas. */
export interface ContractsDocument {
  readonly channels: Readonly<
    Record<string, { readonly messages: Readonly<Record<string, { readonly payload: DataSchema }>> }>
  >
}

/**
 * Every event of the contracts.
 * @param sampleOf by event and version, such as `OrderPlaced.1`
 */
export const catalogueOf = (
  { channels }: ContractsDocument,
  sampleOf: (key: string) => object,
): CatalogueEvent[] =>
  serviceContracts.flatMap(({ service, publishes }) =>
    publishes.map((definition) => {
      const { event, subject, stream, version: current } = definition
      const versions = Array.from({ length: current }, (_, i): CatalogueVersion => {
        const version = i + 1
        const schema = channels[event]?.messages[`${event}.${version}`]?.payload
        if (!schema)
          throw new Error(`asyncapi.json has no ${event} ${version}: write the contracts’ documents first`)
        const isCurrent = version === current
        return {
          version,
          isCurrent,
          fields: fieldsOf(schema),
          schema,
          sample: sampleOf(`${event}.${version}`),
        }
      })
      const consumers = consumersOf(definition)
      return { name: event, subject: `${subject}.{orderId}`, stream, publisher: service, consumers, versions }
    }),
  )

const consumersOf = (definition: EventDefinition) =>
  serviceContracts.filter(({ consumes }) => consumes.includes(definition)).map(({ service }) => service)

const fieldsOf = ({ properties, required = [] }: DataSchema) =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    type: typeText(schema),
    isRequired: required.includes(name),
  }))

/** Such as `integer, 1 to 1000000` or `one of requested, payment-timeout`; the schema has the rest. */
function typeText({
  type,
  format,
  enum: values,
  minimum,
  maximum,
}: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(values)) return `one of ${values.join(', ')}`
  const range = minimum !== undefined && maximum !== undefined ? `, ${minimum} to ${maximum}` : ''
  return `${String(type)}${format === undefined ? '' : ` (${String(format)})`}${range}`
}
