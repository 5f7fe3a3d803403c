import { createRoute, z } from '@hono/zod-openapi'
import type { Service } from '@saucery/contracts/choreography'
import { wholeNumber } from '../http/strict-query.ts'
import { jsonPage, jsonResponse, problems } from '../openapi/schemas.ts'
import { job } from './dead-letter-schemas.ts'

const tags = ['operations']
const unavailable = { 503: 'The database cannot be reached; try again after `Retry-After` seconds' }
const noJob = { 404: 'The id is none of a job' }

const jobId = z.object({
  jobId: z
    .uuid()
    .toLowerCase()
    .openapi({ description: 'The job’s id', example: '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e' }),
})

const action = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    by: z.string().describe('The subject of the operator; `anyone` where sign-in is off'),
    role: z.string(),
    action: z
      .string()
      .describe('Such as `retry`, `discard`, `retry-many`, `cancel-job`, `reconcile`, `rebuild`'),
    orderId: z.string().optional().describe('Of an action about one order'),
    details: z.record(z.string(), z.unknown()).describe('The filter, the counts, the reason given'),
  })
  .openapi('OperatorAction', { description: 'What an operator did' })

const listOfActions = z.object({
  orderId: z.string().max(255).optional(),
  limit: wholeNumber(1, 100).default(50).describe('Most items on a page'),
  cursor: z.uuid().optional().describe('Where the page begins: the `next` of the page before'),
})

const accepted = z.object({ accepted: z.literal(true) })

export function operatorRoutes<S extends Service>(service: S) {
  const path = `/operations/${service}` as const
  const Name = `${service.slice(0, 1).toUpperCase()}${service.slice(1)}`
  return {
    jobs: createRoute({
      method: 'get',
      path: `${path}/jobs`,
      operationId: `list${Name}Jobs`,
      summary: `The newest jobs of the ${service} service`,
      tags,
      responses: {
        200: jsonResponse('At most 20, the newest first', z.object({ items: z.array(job) })),
        ...problems(unavailable),
      },
    }),
    job: createRoute({
      method: 'get',
      path: `${path}/jobs/{jobId}`,
      operationId: `get${Name}Job`,
      summary: `How far a job of the ${service} service is`,
      description: 'Every replica knows.',
      tags,
      request: { params: jobId },
      responses: { 200: jsonResponse('The job', job), ...problems({ ...noJob, ...unavailable }) },
    }),
    cancelJob: createRoute({
      method: 'post',
      path: `${path}/jobs/{jobId}/cancel`,
      operationId: `cancel${Name}Job`,
      summary: `End a job of the ${service} service`,
      description: 'What it has done stays done. A job that has ended stays as it is.',
      tags,
      request: { params: jobId },
      responses: { 200: jsonResponse('The job', job), ...problems({ ...noJob, ...unavailable }) },
    }),
    actions: createRoute({
      method: 'get',
      path: `${path}/actions`,
      operationId: `list${Name}Actions`,
      summary: `What operators did to the ${service} service, the newest first`,
      description: 'Kept for 90 days.',
      tags,
      request: { query: listOfActions },
      responses: {
        200: jsonPage(action),
        ...problems({ 422: 'A parameter is not valid; `errors` names it', ...unavailable }),
      },
    }),
    reconcile: createRoute({
      method: 'post',
      path: `${path}/reconcile`,
      operationId: `reconcile${Name}`,
      summary: `Have the ${service} service compare its state with the streams`,
      description:
        'It publishes again what its stream has lost, and handles what it was not handed. It does so by itself each minute and after each reconnect.',
      tags,
      responses: { 202: jsonResponse('It begins at once', accepted), ...problems(unavailable) },
    }),
  }
}

/** Only the dashboard has a read model. */
export const rebuildRoute = createRoute({
  method: 'post',
  path: '/operations/dashboard/rebuild',
  operationId: 'rebuildDashboard',
  summary: 'Have the dashboard read every event again from the first',
  description:
    'It answers meanwhile: a document that differs from its events is overwritten, and none is removed. `projection` in the state of the service tells how many events remain.',
  tags,
  responses: {
    202: jsonResponse('It begins at once', accepted),
    ...problems({ 503: 'The database or NATS cannot be reached; try again after `Retry-After` seconds' }),
  },
})
