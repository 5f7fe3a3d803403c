import { createRoute, z } from '@hono/zod-openapi'
import type { Service } from '@saucery/contracts/choreography'
import { authorize } from '../auth/authorize.ts'
import { ProblemError } from '../http/problem.ts'
import type { OpenApiApp } from '../openapi/app.ts'
import { jsonResponse } from '../openapi/schemas.ts'
import type { DrillStore, Lease, RunningDrill } from './drill-store.ts'
import type { Drills } from './follow.ts'
import { drillIdOf, drillRequest, ownerOf } from './kinds.ts'

interface DrilledService {
  readonly service: Service
  readonly drills: Drills
  readonly store: DrillStore
  /** Only of the service that keeps the load. */
  lease?(lease: Lease): Promise<RunningDrill | undefined>
}

const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { content: { 'application/json': { schema } }, required: true },
})
const any = jsonResponse('', z.unknown())
const counts = z.int().min(0).max(1_000_000)
const lease = z.object({ runner: z.string().min(1).max(100), placed: counts, refused: counts })

const routesOf = (service: Service) => {
  const path = `/operations/${service}/drills`
  return {
    list: createRoute({ method: 'get', path, responses: { 200: any } }),
    begin: createRoute({ method: 'post', path, request: jsonBody(drillRequest), responses: { 200: any } }),
    end: createRoute({
      method: 'post',
      path: `${path}/{drillId}/end`,
      request: { params: z.object({ drillId: z.string().max(60) }) },
      responses: { 200: any },
    }),
    lease: createRoute({
      method: 'post',
      path: `${path}/load/lease`,
      request: jsonBody(lease),
      responses: { 200: any },
    }),
  }
}

/** What the gateway asks of a service's drills; there is nothing to ask where they are off. */
export function addDrillRoutes(app: OpenApiApp, { service, drills, store, lease }: DrilledService): void {
  if (!drills.isOn) return
  const routes = routesOf(service)

  app.openapi(routes.list, async (c) => {
    authorize(c, 'operate')
    return c.json({ items: await store.present() }, 200)
  })

  app.openapi(routes.begin, async (c) => {
    authorize(c, 'operate')
    const request = c.req.valid('json')
    if (ownerOf(request) !== service) throw notOffered(request.kind)
    await store.begin(drillIdOf(request), request)
    drills.now()
    return c.json({ id: drillIdOf(request) }, 200)
  })

  app.openapi(routes.end, async (c) => {
    authorize(c, 'operate')
    await store.end(c.req.valid('param').drillId)
    drills.now()
    return c.json({}, 200)
  })

  if (lease)
    app.openapi(routes.lease, async (c) => {
      authorize(c, 'operate')
      const drill = await lease(c.req.valid('json'))
      return c.json(drill ? { drill } : {}, 200)
    })
}

export const notOffered = (kind: string) =>
  new ProblemError({
    status: 409,
    code: 'drill-not-offered',
    title: 'This drill is not possible here',
    detail: kind,
  })
