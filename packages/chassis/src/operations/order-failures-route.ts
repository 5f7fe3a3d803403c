import { createRoute, z } from '@hono/zod-openapi'
import type { Service } from '@saucery/contracts/choreography'
import { jsonResponse, orderIdParam, problems } from '../openapi/schemas.ts'
import { deadLetter } from './dead-letter-schemas.ts'

const time = z.iso.datetime()

const failingMessage = z
  .object({
    event: z.string().describe('The event’s name; the subject of a message that has none'),
    eventId: z.string(),
    stream: z.string(),
    streamSequence: z.int(),
    tries: z.int().min(1).describe('By all replicas, so far'),
    error: z.string().describe('Why the last try failed'),
    failedAt: time,
    nextTryAt: time,
  })
  .openapi('FailingMessage', { description: 'A message that failed, and is tried again' })

const openCall = z
  .object({
    asked: z.enum(['charge', 'refund']),
    tries: z.int().min(1),
    error: z.string().describe('Why the outcome of the last call is unknown'),
    nextTryAt: time.optional(),
  })
  .openapi('OpenCall', { description: 'A call to the payment provider whose outcome is not known' })

/** What of one order fails in a service. */
export const orderFailures = z
  .object({
    failing: z.array(failingMessage),
    deadLetters: z.array(deadLetter).describe('The open ones, twenty at most'),
    settled: z.array(deadLetter).describe('Those that an operator retried or discarded'),
    calls: z.array(openCall),
  })
  .openapi('OrderFailures', { description: 'What of one order fails in one service' })

export type OrderFailures = Readonly<z.infer<typeof orderFailures>>

export const orderFailuresRoute = <S extends Service>(service: S) => {
  const Name = `${service.slice(0, 1).toUpperCase()}${service.slice(1)}`
  return createRoute({
    method: 'get',
    path: `/operations/${service}/orders/{id}`,
    operationId: `get${Name}OrderFailures`,
    summary: `What of an order fails in the ${service} service`,
    tags: ['operations'],
    request: { params: orderIdParam },
    responses: {
      200: jsonResponse(
        'Its failing messages, dead letters and calls, and what operators did',
        orderFailures,
      ),
      ...problems({
        404: 'The id is none of an order',
        503: 'The database or NATS cannot be reached; try again after `Retry-After` seconds',
      }),
    },
  })
}
