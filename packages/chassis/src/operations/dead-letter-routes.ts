import { createRoute, z } from '@hono/zod-openapi'
import type { Service } from '@saucery/contracts/choreography'
import { bodyProblems, busy, jsonPage, jsonResponse, problems } from '../openapi/schemas.ts'
import {
  chosenBy,
  deadLetter,
  deadLetterContent,
  deadLetterGroup,
  discardMany,
  job,
  listOfLetters,
  retryMany,
  why,
} from './dead-letter-schemas.ts'

const tags = ['operations']

const letter = z
  .string()
  .regex(/^[!-~]{1,200}$/)
  .openapi({ description: 'The letter’s id, or its sequence in `DEAD_LETTERS`', example: '1' })

const sequence = letter.openapi({ description: 'The sequence of the dead letter, or its id', example: '1' })

const unavailable = { 503: 'The database cannot be reached; try again after `Retry-After` seconds' }
const invalidQuery = { 422: 'A parameter is not valid; `errors` names it' }
const busyOrAway = {
  503: `The database or NATS cannot be reached. ${busy}. Try again after \`Retry-After\` seconds`,
}

const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { content: { 'application/json': { schema } }, required: true },
})

const begun = {
  200: jsonResponse(
    'With `dryRun`: how many there are',
    z.object({ total: z.int().min(0), dryRun: z.literal(true) }),
  ),
  202: jsonResponse('The job; ask for its progress', job),
  ...bodyProblems,
  ...problems({
    409: '`job-running`: one job a service at a time',
    422: 'A field is not valid; `errors` points at it',
  }),
}

export function deadLetterRoutes<S extends Service>(service: S) {
  const path = `/operations/${service}/dead-letters` as const
  const Name = `${service.slice(0, 1).toUpperCase()}${service.slice(1)}`
  return {
    deadLetters: createRoute({
      method: 'get',
      path,
      operationId: `list${Name}DeadLetters`,
      summary: `The dead letters of the ${service} service, the newest first`,
      description:
        'Settled letters are listed for as long as the service keeps the ids of events; open ones for 90 days.',
      tags,
      request: { query: listOfLetters },
      responses: { 200: jsonPage(deadLetter), ...problems({ ...invalidQuery, ...unavailable }) },
    }),
    groups: createRoute({
      method: 'get',
      path: `${path}/groups`,
      operationId: `group${Name}DeadLetters`,
      summary: `The open dead letters of the ${service} service, by event and cause`,
      tags,
      request: { query: z.object(chosenBy) },
      responses: {
        200: jsonResponse(
          'The largest groups first, at most 200',
          z.object({ items: z.array(deadLetterGroup) }),
        ),
        ...problems({ ...invalidQuery, ...unavailable }),
      },
    }),
    deadLetter: createRoute({
      method: 'get',
      path: `${path}/{letter}/message`,
      operationId: `get${Name}DeadLetter`,
      summary: `A dead letter of the ${service} service with its headers and body`,
      description: 'Fields that the contract marks as secret are hidden.',
      tags,
      request: { params: z.object({ letter }) },
      responses: {
        200: jsonResponse('The letter', deadLetterContent),
        ...problems({ 404: 'This service has no such dead letter', ...unavailable }),
      },
    }),
    // A dead letter is retried; path and operation id are older than that word, and part of the HTTP contract.
    retry: createRoute({
      method: 'post',
      path: `${path}/{sequence}/send-back`,
      operationId: `sendBack${Name}DeadLetter`,
      summary: `Retry a dead letter of the ${service} service`,
      description:
        'The service handles the message once, however often this is called. No other service receives it.',
      tags,
      request: { params: z.object({ sequence }) },
      responses: {
        200: jsonResponse(
          'The message is handled, now or before',
          z.object({
            id: z.string(),
            sequence: z.int(),
            eventId: z.string(),
            handled: z.literal(true),
          }),
        ),
        ...problems({
          404: 'This service has no such dead letter',
          409: '`dead-letter-not-handled`: the message failed again; `detail` gives the reason, and nothing has changed. `dead-letter-settled`: it was discarded',
          ...busyOrAway,
        }),
      },
    }),
    discard: createRoute({
      method: 'post',
      path: `${path}/{letter}/discard`,
      operationId: `discard${Name}DeadLetter`,
      summary: `Give a dead letter of the ${service} service up`,
      description: 'It stays listed as discarded. Nothing retries it any longer.',
      tags,
      request: { params: z.object({ letter }), ...jsonBody(z.strictObject({ why })) },
      responses: {
        200: jsonResponse(
          'The letter is discarded, now or before',
          z.object({ id: z.string(), eventId: z.string(), discarded: z.literal(true) }),
        ),
        ...bodyProblems,
        ...problems({
          404: 'This service has no such dead letter',
          409: '`dead-letter-settled`: its event was handled',
          422: 'A field is not valid; `errors` points at it',
        }),
      },
    }),
    retryMany: createRoute({
      method: 'post',
      path: `${path}/retries`,
      operationId: `retry${Name}DeadLetters`,
      summary: `Retry all open dead letters of the ${service} service that a filter chooses`,
      description: 'A job does it, the oldest letter first, also when the replica that works on it dies.',
      tags,
      request: jsonBody(retryMany),
      responses: begun,
    }),
    discardMany: createRoute({
      method: 'post',
      path: `${path}/discards`,
      operationId: `discard${Name}DeadLetters`,
      summary: `Give up all open dead letters of the ${service} service that a filter chooses`,
      tags,
      request: jsonBody(discardMany),
      responses: begun,
    }),
  }
}
