// Runs in a pod: tries connections until each one is made or refused as the policies say, and then once more. A new pod is
// under the policies only some time after its start.
import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Attempt } from './attempts.ts'

export interface ProbePlan {
  readonly attempts: readonly Attempt[]
  readonly name: string
  readonly patienceMs: number
}

export interface ProbeReport {
  /** The connections that were made at the end, and those that were made once more. */
  readonly made: readonly string[]
  readonly madeAgain: readonly string[]
  readonly resolvesNames: boolean
  readonly tookMs: number
}

const { attempts, name, patienceMs }: ProbePlan = JSON.parse(process.env.PLAN ?? '')

function isMade({ host, port }: Attempt): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3000 })
    const end = (made: boolean) => {
      socket.destroy()
      resolve(made)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

async function made(): Promise<string[]> {
  const results = await Promise.all(attempts.map(isMade))
  return attempts.filter((_, i) => results[i]).map(({ to }) => to)
}

const asAllowed = (found: readonly string[]) =>
  attempts.every(({ to, isAllowed }) => isAllowed === undefined || isAllowed === found.includes(to))
const startedAt = performance.now()
const tookMs = () => Math.round(performance.now() - startedAt)
let found = await made()
while (!asAllowed(found) && tookMs() < patienceMs) {
  await delay(500)
  found = await made()
}
const report: ProbeReport = {
  made: found,
  tookMs: tookMs(),
  madeAgain: await made(),
  resolvesNames: await lookup(name).then(
    () => true,
    () => false,
  ),
}
process.stdout.write(`${JSON.stringify(report)}\n`)
