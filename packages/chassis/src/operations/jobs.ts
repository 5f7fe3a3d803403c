import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { runEvery } from '@saucery/messaging/async/periodic'
import type { DeadLetterEntry } from '@saucery/messaging/dead-letters/catalog'
import { ReprocessingFailed } from '@saucery/messaging/dead-letters/publish'
import { reasonOf } from '@saucery/messaging/log'
import type { OperatorJob } from '@saucery/messaging/operator/operator-store'
import type { Log } from '../telemetry/log.ts'
import { recordAction } from './actions.ts'
import type { OperatedService } from './operated.ts'
import { discardLetter, refreshCatalog, retryLetter, settleHandled } from './settle.ts'

/** Another replica goes on with a job whose process has not told how far it is for this time. */
const leaseMs = 10_000
const saveEveryMs = 500
const pageSize = 50
/** A letter that cannot be tried, because a store is away, is tried again after a second; so often at most. */
const maxOutages = 60

interface WorkerOptions {
  readonly everyMs?: number
  readonly leaseMs?: number
}

/**
 * Works on the jobs that operators begin, one replica at a time, and keeps the catalog of dead letters up to date. A job
 * outlives the process that works on it. (dead-letters.int.test: "goes on at another replica after kill -9")
 */
export function openOperationsWorker(operated: OperatedService, log: Log, options: WorkerOptions = {}) {
  const { everyMs = 1000 } = options
  const lease = { holder: randomUUID(), ms: options.leaseMs ?? leaseMs }
  let looked: DeadLetterEntry | undefined
  async function tidy(): Promise<void> {
    await refreshCatalog(operated)
    looked = await settleHandled(operated, looked)
  }
  async function work(stopping: AbortSignal): Promise<void> {
    const job = await operated.operators.leaseJob(lease.holder, lease.ms)
    if (job) await runJob(operated, job, { ...lease, stopping, log })
  }
  const jobs = runEvery('a job on dead letters', everyMs, work, log)
  const tidying = runEvery('keeping the list of dead letters', 5 * everyMs, tidy, log, 20)
  return {
    now: jobs.now,
    stop: () => Promise.all([jobs.stop(), tidying.stop()]),
  }
}

interface Run {
  readonly holder: string
  readonly ms: number
  readonly stopping: AbortSignal
  readonly log: Log
}

async function runJob(operated: OperatedService, begun: OperatorJob, run: Run): Promise<void> {
  const { catalog, operators } = operated
  const { holder, ms, stopping, log } = run
  let job = begun
  let savedAt = performance.now()
  const save = async (leaseMs = ms) => {
    savedAt = performance.now()
    return (await operators.saveJob(holder, job, leaseMs)) === 'running'
  }
  try {
    for (let isMore = true; isMore; ) {
      const filter = { ...job.filter, state: 'open' } as const
      const page = await catalog.page(filter, { limit: pageSize, sort: 'oldest', after: job.place })
      for (const entry of page) {
        const nextAt = performance.now() + 1000 / job.perSecond
        job = await dealWith(operated, job, entry, stopping)
        if (stopping.aborted) return void (await save(0))
        if (performance.now() - savedAt > Math.min(saveEveryMs, ms / 4) && !(await save())) return
        await delay(Math.max(0, nextAt - performance.now()))
      }
      isMore = page.length > 0
    }
    job = { ...job, state: 'done', endedAt: new Date().toISOString() }
    const { id, kind, settled, skipped, failed } = job
    if ((await operators.saveJob(holder, job, 0)) !== 'done') return
    await recordAction(operated, job.by, `${kind}-ended`, { job: id, settled, skipped, failed })
    log.info({ job: id, kind, settled, skipped, failed }, 'job on dead letters ended')
  } catch (error) {
    // Free for whoever can go on.
    await save(0).catch(() => {})
    throw error
  }
}

async function dealWith(
  operated: OperatedService,
  job: OperatorJob,
  entry: DeadLetterEntry,
  stopping: AbortSignal,
): Promise<OperatorJob> {
  const place = { savedAt: entry.savedAt, id: entry.id }
  const deal = job.kind === 'retry' ? retryLetter : discardLetter
  for (let outages = 0; ; outages++)
    try {
      const { isNew } = await deal(operated, entry, { by: job.by.subject, why: job.why })
      return isNew ? { ...job, place, settled: job.settled + 1 } : { ...job, place, skipped: job.skipped + 1 }
    } catch (error) {
      const isFinal = error instanceof ReprocessingFailed || outages >= maxOutages
      if (isFinal) return { ...job, place, failed: job.failed + 1, lastError: reasonOf(error) }
      if (stopping.aborted) return job
      await delay(1000, undefined, { signal: stopping }).catch(() => {})
    }
}
