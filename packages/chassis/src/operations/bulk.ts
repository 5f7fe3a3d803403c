import type { Service } from '@saucery/contracts/choreography'
import type { DeadLetterFilter } from '@saucery/messaging/dead-letters/catalog'
import type { OperatorJob } from '@saucery/messaging/operator/operator-store'
import type { Context } from 'hono'
import { v7 as uuidv7 } from 'uuid'
import { authorize } from '../auth/authorize.ts'
import { linkToNext } from '../http/pages.ts'
import { orNotFound, ProblemError } from '../http/problem.ts'
import type { OpenApiApp } from '../openapi/app.ts'
import { recordAction } from './actions.ts'
import type { deadLetterRoutes } from './dead-letter-routes.ts'
import { operatorOf } from './dead-letters.ts'
import type { OperatedService } from './operated.ts'
import type { operatorRoutes } from './operator-routes.ts'
import { refreshCatalog } from './settle.ts'

type Routes = ReturnType<typeof deadLetterRoutes<Service>> & ReturnType<typeof operatorRoutes<Service>>

interface Wanted extends DeadLetterFilter {
  readonly dryRun: boolean
  readonly perSecond: number
  readonly why?: string
}

/** The routes of work on many letters, of what operators did, and of the comparison with the streams. */
export function addOperatorRoutes(app: OpenApiApp, routes: Routes, operated: OperatedService): void {
  const { operators } = operated

  app.openapi(routes.retryMany, async (c) => {
    authorize(c, 'operate')
    return c.json(...(await begin(c, operated, 'retry', c.req.valid('json')))) as never
  })

  app.openapi(routes.discardMany, async (c) => {
    authorize(c, 'operate')
    return c.json(...(await begin(c, operated, 'discard', c.req.valid('json')))) as never
  })

  app.openapi(routes.jobs, async (c) => {
    authorize(c, 'operate')
    return c.json({ items: (await operators.jobs(20)).map(jobToJson) }, 200)
  })

  app.openapi(routes.job, async (c) => {
    authorize(c, 'operate')
    return c.json(jobToJson(orNotFound(await operators.job(c.req.valid('param').jobId))), 200)
  })

  app.openapi(routes.cancelJob, async (c) => {
    authorize(c, 'operate')
    const { jobId } = c.req.valid('param')
    orNotFound(await operators.job(jobId))
    await recordAction(operated, operatorOf(c), 'cancel-job', { job: jobId })
    await operators.cancelJob(jobId)
    return c.json(jobToJson(orNotFound(await operators.job(jobId))), 200)
  })

  app.openapi(routes.actions, async (c) => {
    authorize(c, 'operate')
    const { limit, cursor: before, orderId } = c.req.valid('query')
    const found = await operators.actions({ limit: limit + 1, before, orderId })
    const items = found
      .slice(0, limit)
      .map(({ by, ...action }) => ({ ...action, by: by.subject, role: by.role }))
    const last = found.length > limit ? items.at(-1) : undefined
    return c.json({ items, ...(last && linkToNext(c, last.id)) }, 200)
  })

  app.openapi(routes.reconcile, async (c) => {
    authorize(c, 'operate')
    await recordAction(operated, operatorOf(c), 'reconcile')
    // One replica is enough: it compares what all share, the database and the streams.
    operated.reconcile()
    return c.json({ accepted: true as const }, 202)
  })
}

async function begin(
  c: Context,
  operated: OperatedService,
  kind: OperatorJob['kind'],
  { dryRun, perSecond, why, ...filter }: Wanted,
): Promise<[object, 200 | 202]> {
  const { catalog, operators } = operated
  await refreshCatalog(operated).catch(() => {})
  const open = { ...filter, state: 'open' } as const
  const total = await catalog.count(open)
  if (dryRun) return [{ total, dryRun: true }, 200]
  const [newest] = await catalog.page(open, { limit: 1 })
  const now = new Date()
  const by = operatorOf(c)
  const job: OperatorJob = {
    id: uuidv7({ msecs: now.getTime() }),
    kind,
    state: 'running',
    // What fails while the job runs is not the job's.
    filter: { ...filter, ...(newest && { to: new Date(Date.parse(newest.savedAt) + 1).toISOString() }) },
    by,
    why,
    perSecond,
    total,
    settled: 0,
    skipped: 0,
    failed: 0,
    begunAt: now.toISOString(),
  }
  await recordAction(operated, by, `${kind}-many`, { job: job.id, filter, total, ...(why && { why }) })
  if (!(await operators.beginJob(job)))
    throw new ProblemError({
      status: 409,
      code: 'job-running',
      title: 'Another job runs; wait for it, or cancel it',
    })
  operated.wake?.()
  return [jobToJson(job), 202]
}

const jobToJson = ({ place: _, by, filter, ...job }: OperatorJob) => ({ ...job, filter, by: by.subject })
