import type { DeadLetterGroup, OperatorJob, ServiceState } from '@saucery/client/schemas'
import { useEffect, useState } from 'preact/hooks'
import { client } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'
import { announcement, Failure } from '../ui/parts.tsx'
import { useAction } from '../ui/use-action.ts'
import { DiscardForm } from './discard-form.tsx'

export type OperatedName = ServiceState['service']

const pollMs = 500

/** Retries or discards a group: counted again first, and with its progress. */
export function BulkAction({
  service,
  group,
  onEnd,
}: {
  service: OperatedName
  group: DeadLetterGroup
  onEnd: () => void
}) {
  const [total, setTotal] = useState<number | undefined>(undefined)
  const [job, setJob] = useState<OperatorJob | undefined>(undefined)
  const { busy, error, act } = useAction()
  const of = { event: group.event, reason: group.reason, error: group.errorGroup }

  const countFirst = async () => {
    const { data } = await client.post(`/operations/${service}/dead-letters/retries`, {
      body: { ...of, dryRun: true },
    })
    setTotal(data.total)
  }
  const retry = async () => {
    setTotal(undefined)
    const { data } = await client.post(`/operations/${service}/dead-letters/retries`, {
      body: { ...of, dryRun: false },
    })
    if ('id' in data) setJob(data)
  }
  const discard = async (why: string) => {
    const { data } = await client.post(`/operations/${service}/dead-letters/discards`, {
      body: { ...of, why },
    })
    if ('id' in data) setJob(data)
  }

  useEffect(() => {
    if (job?.state !== 'running') return
    const timer = setTimeout(async () => {
      const path = { jobId: job.id }
      const found = await client
        .get(`/operations/${service}/jobs/{jobId}`, { path })
        .catch(() => ({ ...job }))
      setJob(found)
      if (found.state === 'running') return
      announcement.value = progressText(found)
      onEnd()
    }, pollMs)
    return () => clearTimeout(timer)
  }, [job])

  if (job) return <JobProgress job={job} cancel={() => void act(() => cancel(service, job).then(setJob))} />
  return (
    <div class="letter-actions">
      <Failure error={error} />
      {total === undefined ? (
        <>
          <button type="button" aria-disabled={busy} onClick={() => void act(countFirst)}>
            {t.operations.retryAll}
          </button>
          <DiscardForm
            name={t.operations.discardAll(count(group.count))}
            discard={(why) => act(() => discard(why))}
          />
        </>
      ) : (
        <>
          <span>{t.operations.retryCount(count(total))}</span>
          <button type="button" aria-disabled={busy} onClick={() => void act(retry)}>
            {t.operations.retry}
          </button>
          <button type="button" onClick={() => setTotal(undefined)}>
            {t.operations.keep}
          </button>
        </>
      )}
    </div>
  )
}

const cancel = async (service: OperatedName, { id: jobId }: OperatorJob) =>
  (await client.post(`/operations/${service}/jobs/{jobId}/cancel`, { path: { jobId } })).data

const progressText = ({ total, settled, skipped, failed }: OperatorJob) =>
  t.operations.jobProgress(count(settled + skipped + failed), count(total), count(failed))

function JobProgress({ job, cancel }: { job: OperatorJob; cancel: () => void }) {
  const { id, state, total, settled, skipped, failed, lastError } = job
  return (
    <div class="building">
      <label for={`job-${id}`}>{progressText(job)}</label>
      <progress id={`job-${id}`} max={Math.max(1, total)} value={settled + skipped + failed} />
      {failed > 0 && lastError && <pre>{lastError}</pre>}
      {state === 'running' && (
        <button type="button" onClick={cancel}>
          {t.operations.cancelJob}
        </button>
      )}
    </div>
  )
}
