import { z } from 'zod'
import type { EventDefinition } from '../define.ts'
import { type Party, parties } from '../parties.ts'
import { dataSchemaOf, eventHeaders, exampleHeaders } from './event-headers.ts'

/** The AsyncAPI 3.0 document of all that is said and heard, derived from the choreography. */
export function asyncApiDocument() {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Saucery',
      version: '1.0.0',
      description: 'What the services say to each other. Every event has a version of its own.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: { nats },
    channels: Object.fromEntries(
      parties.flatMap((party) => party.publishes.map((event) => [event.event, channel(party, event)])),
    ),
    operations: Object.fromEntries(parties.flatMap(operations)),
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
  description: 'JetStream: events are kept on the stream that each channel names.',
  variables: { host: { default: 'localhost:4222', description: 'Host and port of NATS' } },
  security: [{ $ref: '#/components/securitySchemes/user' }],
}

function channel({ service, stream }: Party, event: EventDefinition) {
  const schemas = [...event.earlier.map(({ schema }) => schema), event.schema]
  return {
    address: `${event.subject}.{orderId}`,
    servers: [{ $ref: '#/servers/nats' }],
    parameters: {
      orderId: { description: 'The order that it happened to', location: '$message.payload#/orderId' },
    },
    messages: Object.fromEntries(
      schemas.map((schema, index) => [
        messageKey(event, index + 1),
        message(service, event, index + 1, schema),
      ]),
    ),
    'x-stream': stream,
  }
}

function message(
  service: string,
  { event, version: current, example }: EventDefinition,
  version: number,
  schema: z.ZodType,
) {
  const ofThis = { 'ce-type': { const: event }, 'ce-dataschema': { const: dataSchemaOf(event, version) } }
  return {
    name: event,
    title: `${event}, version ${version}`,
    contentType: 'application/json',
    headers: {
      type: 'object',
      allOf: [{ $ref: '#/components/schemas/headers' }, { properties: ofThis }],
    },
    payload: jsonSchema(schema),
    // Of an earlier version nothing but its stored sample is left.
    ...(version === current && {
      examples: [{ headers: exampleHeaders(service, event, version), payload: example }],
    }),
  }
}

function operations({ service, publishes, consumes }: Party): [string, object][] {
  const operation = (action: 'send' | 'receive', event: EventDefinition, versions: number[]) => ({
    action,
    channel: { $ref: `#/channels/${event.event}` },
    messages: versions.map((version) => ({
      $ref: `#/channels/${event.event}/messages/${messageKey(event, version)}`,
    })),
    tags: [{ name: service }],
  })
  return [
    ...publishes.map((event): [string, object] => [
      `${service}.sends.${event.event}`,
      operation('send', event, [event.version]),
    ]),
    ...consumes.map((event): [string, object] => [
      `${service}.receives.${event.event}`,
      operation('receive', event, versionsOf(event)),
    ]),
  ]
}

const versionsOf = ({ version }: EventDefinition) => Array.from({ length: version }, (_, index) => index + 1)

const messageKey = ({ event }: EventDefinition, version: number) => `${event}.${version}`

// As input: readers tolerate fields that they do not know, so the document must not forbid them.
function jsonSchema(schema: z.ZodType) {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
  return rest
}
