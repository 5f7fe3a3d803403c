import { z } from 'zod'
import { type ServiceContract, serviceContracts } from '../choreography.ts'
import type { EventDefinition } from '../define.ts'
import { dataSchemaOf, eventHeaders, exampleHeaders } from './event-headers.ts'

/** The AsyncAPI 3.0 document, derived from the choreography. */
export function asyncApiDocument(contracts: readonly ServiceContract[] = serviceContracts) {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Saucery',
      version: '1.0.0',
      description: 'The events that the services publish and consume. Each event has its own version.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: { nats },
    channels: Object.fromEntries(
      contracts.flatMap((contract) =>
        contract.publishes.map((event) => [event.event, channel(contract, event)]),
      ),
    ),
    operations: Object.fromEntries(contracts.flatMap(operations)),
    components: {
      schemas: { headers: jsonSchema(eventHeaders) },
      securitySchemes: {
        user: { type: 'userPassword', description: 'Every service has a NATS user of its own.' },
      },
    },
  }
}

const nats = {
  host: '{host}',
  protocol: 'nats',
  description: 'JetStream; each channel names the stream that stores its events.',
  variables: { host: { default: 'localhost:4222', description: 'Host and port of NATS' } },
  security: [{ $ref: '#/components/securitySchemes/user' }],
}

function channel({ service, stream }: ServiceContract, event: EventDefinition) {
  const schemas = [...event.earlier, event].map(({ schema }) => schema)
  return {
    address: `${event.subject}.{orderId}`,
    servers: [{ $ref: '#/servers/nats' }],
    parameters: {
      orderId: { description: 'The order that the event is about', location: '$message.payload#/orderId' },
    },
    messages: Object.fromEntries(
      schemas.map((schema, i) => [messageKey(event, i + 1), message(service, event, i + 1, schema)]),
    ),
    'x-stream': stream,
  }
}

function message(service: string, definition: EventDefinition, version: number, schema: z.ZodType) {
  const { event, version: current, example } = definition
  const ofThis = { 'ce-type': { const: event }, 'ce-dataschema': { const: dataSchemaOf(event, version) } }
  return {
    name: event,
    title: `${event}, version ${version}`,
    contentType: 'application/json',
    headers: { type: 'object', allOf: [{ $ref: '#/components/schemas/headers' }, { properties: ofThis }] },
    payload: jsonSchema(schema),
    // Earlier versions have stored samples, but no example.
    ...(version === current && {
      examples: [{ headers: exampleHeaders(service, event, version), payload: example }],
    }),
  }
}

function operations({ service, publishes, consumes }: ServiceContract) {
  const operation = (action: 'send' | 'receive', event: EventDefinition, versions: number[]) => {
    const $ref = `#/channels/${event.event}`
    const messages = versions.map((version) => ({ $ref: `${$ref}/messages/${messageKey(event, version)}` }))
    const body = { action, channel: { $ref }, messages, tags: [{ name: service }] }
    return [`${service}.${action}s.${event.event}`, body] as const
  }
  return [
    ...publishes.map((event) => operation('send', event, [event.version])),
    ...consumes.map((event) => operation('receive', event, versionsOf(event))),
  ]
}

const versionsOf = ({ version }: EventDefinition) => Array.from({ length: version }, (_, index) => index + 1)

const messageKey = ({ event }: EventDefinition, version: number) => `${event}.${version}`

// As input: consumers tolerate unknown fields, so the document must not forbid them.
function jsonSchema(schema: z.ZodType) {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
  return rest
}
