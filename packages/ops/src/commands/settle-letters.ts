import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperatorJob } from '@saucery/client/schemas'
import type { Service } from '@saucery/contracts/choreography'
import type { OpsConnection } from '../connect/connection.ts'
import { UsageError, Wrong } from '../connect/exit-codes.ts'
import { jobText } from '../render/letters.ts'
import type { LetterFilter } from './filter.ts'

/** What to do with dead letters: `why` is the reason of a discard. */
export type LetterChange = { readonly kind: 'retry' } | { readonly kind: 'discard'; readonly why: string }

interface Many {
  readonly service: Service
  readonly filter: LetterFilter
  readonly settling: LetterChange
  /** Letters a second at most. */
  readonly perSecond: number
  readonly dryRun: boolean
  /** Do not ask. */
  readonly yes: boolean
}

const pollMs = 500

export async function settleOne(
  { client, json, print }: OpsConnection,
  service: Service,
  letter: string,
  settling: LetterChange,
): Promise<void> {
  const path = `/operations/${service}/dead-letters` as const
  const { data } =
    settling.kind === 'retry'
      ? await client.post(`${path}/{sequence}/send-back`, { path: { sequence: letter } })
      : await client.post(`${path}/{letter}/discard`, { path: { letter }, body: { why: settling.why } })
  if (json) print(JSON.stringify(data))
  else print(`Dead letter ${letter} of ${service} is ${settling.kind === 'retry' ? 'handled' : 'discarded'}`)
}

/**
 * Counts the letters that the filter chooses, asks, and has the service settle them; shows how far it is. The service
 * does the work: when this process is interrupted, it goes on.
 * @throws Wrong when letters have failed again
 */
export async function settleMany(connection: OpsConnection, many: Many, stopped: AbortSignal): Promise<void> {
  const { json, print, note } = connection
  const { service, settling, dryRun } = many
  const { total } = await begin(connection, many, true)
  const what = `${total} open dead letter${total === 1 ? '' : 's'} of ${service}`
  if (dryRun || total === 0) {
    if (json) print(JSON.stringify({ service, total, dryRun }))
    else print(`${what} match${total === 1 ? 'es' : ''}`)
    return
  }
  await confirm(connection, many, `${settling.kind === 'retry' ? 'Retry' : 'Discard'} ${what}?`)
  const begun = await begin(connection, many, false)
  if (!('id' in begun)) throw new Error('the service has begun no job')
  const job = await follow(connection, service, begun, stopped)
  if (json) print(JSON.stringify(job))
  else print(jobText(job))
  if (job.state === 'running')
    note(
      `It goes on without this command. Look at it: ops dead-letters job ${service} ${job.id}; end it with --cancel`,
    )
  if (job.failed > 0) throw new Wrong(`${job.failed} dead letters failed again`)
}

async function begin(
  { client }: OpsConnection,
  { service, filter, settling, perSecond }: Many,
  dryRun: boolean,
) {
  const path = `/operations/${service}/dead-letters` as const
  const body = { ...filter, dryRun, perSecond }
  const { data } =
    settling.kind === 'retry'
      ? await client.post(`${path}/retries`, { body })
      : await client.post(`${path}/discards`, { body: { ...body, why: settling.why } })
  return data
}

async function confirm({ isTerminal }: OpsConnection, { yes }: Many, question: string): Promise<void> {
  if (yes) return
  if (!isTerminal) throw new UsageError(`${question} Say so with --yes, or count with --dry-run.`)
  const asked = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await asked.question(`${question} [y/N] `).finally(() => asked.close())
  if (!/^y(es)?$/i.test(answer.trim())) throw new Wrong('Nothing was done')
}

async function follow(
  { client, note }: OpsConnection,
  service: Service,
  begun: OperatorJob,
  stopped: AbortSignal,
): Promise<OperatorJob> {
  let job = begun
  while (job.state === 'running' && !stopped.aborted) {
    await sleep(pollMs, undefined, { signal: stopped }).catch(() => {})
    job = await client.get(`/operations/${service}/jobs/{jobId}`, { path: { jobId: job.id } })
    if (job.state === 'running') note(jobText(job))
  }
  return job
}

/** Prints how far a job is, or ends it. */
export async function showJob(
  { client, json, print }: OpsConnection,
  service: Service,
  jobId: string,
  cancel: boolean,
): Promise<void> {
  const path = { jobId }
  const job = cancel
    ? (await client.post(`/operations/${service}/jobs/{jobId}/cancel`, { path })).data
    : await client.get(`/operations/${service}/jobs/{jobId}`, { path })
  print(json ? JSON.stringify(job) : jobText(job))
}
