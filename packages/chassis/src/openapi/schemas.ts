import { z } from '@hono/zod-openapi'
import { keyPattern } from '../idempotency/idempotency-key.ts'

const problem = z
  .object({
    type: z.string().describe('Stable; `urn:problem:` and the code'),
    status: z.int(),
    code: z.string().describe('Stable, kebab-case'),
    title: z.string(),
    detail: z.string().optional(),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().describe('RFC 6901, into the body'),
          parameter: z.string().optional().describe('Of the query'),
          header: z.string().optional(),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .openapi('Problem', {
    description: 'RFC 9457 problem details',
    example: {
      type: 'urn:problem:invalid-input',
      status: 422,
      code: 'invalid-input',
      title: 'The input is not valid',
      errors: [{ pointer: '/qty', detail: 'Too small: expected number to be >=1' }],
    },
  })

/** Answers that are problems, by status, each with when it comes. */
export const problems = <Status extends number>(when: Record<Status, string>) =>
  Object.fromEntries(
    Object.entries<string>(when).map(([status, description]) => [
      status,
      { description, content: { 'application/problem+json': { schema: problem } } },
    ]),
  ) as Record<
    Status,
    { description: string; content: { 'application/problem+json': { schema: typeof problem } } }
  >

const storeAway = { 503: 'The store cannot be reached; try again after `Retry-After` seconds' }

/** Problems of every call that reads. */
export const readProblems = problems(storeAway)

/** Problems of every call with a query. */
export const listProblems = problems({ 422: 'A parameter is not valid: `errors` says which', ...storeAway })

const inProgress = 'the same request is in progress; try again after `Retry-After` seconds'

/** The header of a request that may be repeated. */
export const idempotencyKeyHeader = z.object({
  'idempotency-key': z.string().optional().openapi({
    // Checked when it is read: a key that is not valid is answered with 400.
    pattern: keyPattern.source,
    description:
      'Chosen by the client; who repeats the request with it within a day is answered as the first time',
    example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
  }),
})

/** Problems of every call that changes what is there. */
export const changeProblems = (final: string) =>
  problems({
    400: 'The `Idempotency-Key` is not valid',
    409: `${final}, or ${inProgress}`,
    422: 'The `Idempotency-Key` was used for another request',
    ...storeAway,
  })

/** Problems of every call with a body. */
export const bodyProblems = problems({
  400: 'The body is not JSON, or the `Idempotency-Key` is not valid',
  409: `With an \`Idempotency-Key\`: ${inProgress}`,
  413: 'The body is larger than 64 KiB',
  415: 'The body is not application/json',
  422: `A field is not valid: \`errors\` points at each; or the \`Idempotency-Key\` was used for another request`,
  ...storeAway,
})

/** An answer in JSON. */
export const jsonResponse = <Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  headers?: z.ZodObject,
) => ({
  description,
  content: { 'application/json': { schema } },
  ...(headers ? { headers } : {}),
})

/** The order's id in the path. */
export const orderIdParam = z.object({
  id: z
    .uuid()
    .toLowerCase()
    .openapi({ description: 'The order’s id', example: '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e' }),
})

/** The id of the event that was said: what a reader of the dashboard may wait for. */
export const eventIdHeader = z.object({
  'Event-Id': z.uuid().optional().describe('The event that this call said'),
})

/** On a page that is not the last. */
export const linkHeader = z.object({ Link: z.string().optional().describe('`rel="next"`, RFC 8288') })
