import { z } from '@hono/zod-openapi'
import { pageSchema } from '../http/pages.ts'
import { keyPattern } from '../idempotency/idempotency-key.ts'

const invalidField = z.object({
  pointer: z.string().optional().describe('Into the body (RFC 6901)'),
  parameter: z.string().optional().describe('In the query'),
  header: z.string().optional(),
  detail: z.string(),
})

const problem = z
  .object({
    type: z.string().describe('Where the problem is described: `/problems#` and the code'),
    status: z.int(),
    code: z.string().describe('Kebab-case; stable'),
    title: z.string(),
    detail: z.string().optional(),
    errors: z.array(invalidField).optional(),
  })
  .openapi('Problem', {
    description: 'RFC 9457 problem details',
    example: {
      type: '/problems#invalid-input',
      status: 422,
      code: 'invalid-input',
      title: 'The input is not valid',
      errors: [{ pointer: '/qty', detail: 'is required' }],
    },
  })

/** Declares answers that are problems, by status, each with the reason for it. */
export const problems = <Status extends number>(reasons: Record<Status, string>) =>
  Object.fromEntries(
    Object.entries<string>(reasons).map(([status, reason]) => [status, problemResponse(reason)]),
  ) as Record<Status, ReturnType<typeof problemResponse>>

const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
})

const storeDown = { 503: 'The database cannot be reached; try again after `Retry-After` seconds' }

export const readProblems = problems(storeDown)

export const listProblems = problems({ 422: 'A parameter is not valid; `errors` names it', ...storeDown })

/** Only a change needs a lock: reads wait for none. */
export const busy = '`resource-busy`: another transaction has locked it'

const mayFail = {
  503: `\`store-unavailable\`: the database cannot be reached. ${busy}. Try again after \`Retry-After\` seconds`,
}

const inProgress = 'the same request is in progress; try again after `Retry-After` seconds'

export const idempotencyKeyHeader = z.object({
  'idempotency-key': z.string().optional().openapi({
    // Only declared here: idempotency-key.ts checks it, and answers 400 rather than 422.
    pattern: keyPattern.source,
    description:
      'Chosen by the client. The same request with the same key within a day gets the first answer again.',
    example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
  }),
})

/** @param final why the change is no longer possible */
export const changeProblems = (final: string) =>
  problems({
    400: 'The `Idempotency-Key` is not valid',
    409: `${final}, or ${inProgress}`,
    422: 'The `Idempotency-Key` was used for another request',
    ...mayFail,
  })

export const bodyProblems = problems({
  400: 'The body is not valid JSON in UTF-8 with each key once, or the `Idempotency-Key` is not valid',
  409: `With an \`Idempotency-Key\`: ${inProgress}`,
  413: 'The body is larger than 64 KiB',
  415: 'The body is not application/json in UTF-8, or has a `Content-Encoding`',
  422: 'A field is not valid (`errors` points at it), or the `Idempotency-Key` was used for another request',
  ...mayFail,
})

export const jsonResponse = <Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  headers?: z.ZodObject,
) => ({ description, content: { 'application/json': { schema } }, ...(headers && { headers }) })

export const orderIdParam = z.object({
  id: z
    .uuid()
    .toLowerCase()
    .openapi({ description: 'The order’s id', example: '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e' }),
})

/** A reader of the dashboard can wait for this event. */
export const eventIdHeader = z.object({
  'Event-Id': z.uuid().optional().describe('The event that this call published'),
  'Idempotent-Replayed': z
    .literal('true')
    .optional()
    .describe('An earlier request had this `Idempotency-Key`: this is the answer to that one'),
})

const linkHeader = z.object({
  Link: z.string().optional().describe('The next page: `rel="next"` (RFC 8288); absent on the last one'),
})

export const jsonPage = <Item extends z.ZodType>(item: Item) =>
  jsonResponse('A page', pageSchema(item), linkHeader)
