import { waitUntil } from '@saucery/servers/process/wait-until'
import { type Finding, promised } from '../report/finding.ts'
import { resource, resources, type TiltResource, tilt } from './tilt.ts'

/** As long as siege, which also builds its image. */
const limitMs = 15 * 60_000

/** Tilt has a link for every forwarded port, also for that of NATS’ clients. */
const isHttp = (url: string) => !url.startsWith('http://localhost:4222')

/** Opens every link, presses every button, and looks for resources that Tilt could not sort. */
export async function buttons(
  interrupted: AbortSignal,
  print: (line: string) => void,
): Promise<readonly Finding[]> {
  const all = await resources()
  const findings: Finding[] = []
  const links = all.flatMap(({ status }) => status.endpointLinks ?? [])
  for (const { url } of links.filter((it) => isHttp(it.url))) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined)
    await answer?.arrayBuffer()
    findings.push(promised(url, answer?.status ?? 'no answer', answer?.ok === true))
  }
  for (const { metadata } of all.filter(isButton)) {
    if (interrupted.aborted) break
    print(`${metadata.name} …`)
    const began = performance.now()
    const error = await press(metadata.name, interrupted)
    const seconds = Math.round((performance.now() - began) / 1000)
    findings.push(promised(`button ${metadata.name}`, error ?? `${seconds} s`, error === undefined))
  }
  const unsorted = all.filter(({ metadata }) => metadata.name === 'uncategorized').length
  return [...findings, promised('resources without a place', unsorted, unsorted === 0)]
}

/** Tilt starts these only when they are triggered. */
const isButton = ({ status, metadata }: TiltResource): boolean =>
  metadata.name !== '(Tiltfile)' && (status.triggerMode ?? 0) > 0

const builds = ({ status }: TiltResource) => status.buildHistory?.[0]

/** @returns what went wrong, if anything */
async function press(name: string, interrupted: AbortSignal): Promise<string | undefined> {
  const before = builds(await resource(name))?.startTime
  await tilt('trigger', name)
  const isPending = (status: string) => status === 'pending' || status === 'in_progress'
  let now = await resource(name)
  const isOver = async () => {
    now = await resource(name)
    const { updateStatus, runtimeStatus } = now.status
    return builds(now)?.startTime !== before && !isPending(updateStatus) && !isPending(runtimeStatus)
  }
  if (!(await waitUntil(() => interrupted.aborted || isOver(), { everyMs: 500, withinMs: limitMs })))
    return 'not over within 15 minutes'
  const { updateStatus, runtimeStatus } = now.status
  if (updateStatus !== 'error' && runtimeStatus !== 'error') return undefined
  return builds(now)?.error ?? `update ${updateStatus}, runtime ${runtimeStatus}`
}
