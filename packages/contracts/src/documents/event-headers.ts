import { z } from 'zod'

/** The headers of every event: https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/nats-protocol-binding.md */
export const eventHeaders = z.object({
  'Nats-Msg-Id': z
    .string()
    .min(1)
    .describe('The event’s id; a different one on a message that was retried from the dead letters'),
  'ce-specversion': z.literal('1.0'),
  'ce-id': z.uuidv7().describe('The event’s id, the key of every deduplication'),
  'ce-type': z.string().describe('The event’s name'),
  'ce-source': z
    .string()
    .regex(/^\/[a-z]+$/)
    .describe('The publishing service'),
  'ce-time': z.iso.datetime({ precision: 3 }).describe('When the event was committed, in UTC'),
  'ce-dataschema': z.string().describe('Name and version of the payload’s schema'),
  'ce-causationid': z.string().min(1).describe('The id of the event or request that caused it'),
  'ce-actor': z
    .string()
    .optional()
    .describe(
      'Of an event that a request caused: who sent it, as JSON. Its digest is the end of `ce-causationid`',
    ),
  'ce-keyid': z.string().min(1).optional().describe('The publisher’s key that signed it'),
  'ce-signature': z
    .string()
    .regex(/^[A-Za-z0-9_-]{86}$/)
    .optional()
    .describe('Ed25519 over the subject, the other ce headers and the payload, in base64url'),
  'ce-inclusionproof': z
    .string()
    .regex(/^([LR][A-Za-z0-9_-]{43}){1,16}$/)
    .optional()
    .describe(
      'Of an event that was signed together with others: the path to the signed root of their hashes',
    ),
  traceparent: z
    .string()
    .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .describe('W3C trace context'),
})

/** The value of `ce-dataschema`. */
export const dataSchemaOf = (event: string, version: number): string => `urn:event:${event}:${version}`

const exampleEventId = '01936f5e-8a41-7d02-8f6b-2c3d4e5f6a7b'

type EventHeaders = z.infer<typeof eventHeaders>

export function exampleHeaders(service: string, event: string, version: number): EventHeaders {
  return {
    'Nats-Msg-Id': exampleEventId,
    'ce-specversion': '1.0',
    'ce-id': exampleEventId,
    'ce-type': event,
    'ce-source': `/${service}`,
    'ce-time': '2024-11-27T20:44:47.041Z',
    'ce-dataschema': dataSchemaOf(event, version),
    'ce-causationid': '01936f5e-8a3c-7b10-a5d4-1b2c3d4e5f60',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  }
}
