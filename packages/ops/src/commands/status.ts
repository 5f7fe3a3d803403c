import { setTimeout as sleep } from 'node:timers/promises'
import type { OpsConnection } from '../connect/connection.ts'
import { Wrong } from '../connect/exit-codes.ts'
import { problemsIn, statusText } from '../render/status.ts'

const everyMs = 2000
const clear = '\u001b[2J\u001b[H'

/**
 * Prints the state of the system; with `watch` until it is interrupted.
 * @throws Wrong when a service is down, has dead letters, or orders are overdue
 */
export async function showStatus(
  connection: OpsConnection,
  watch: boolean,
  stopped: AbortSignal,
): Promise<void> {
  do {
    const { client, json, paint, print } = connection
    const [overview, drills] = await Promise.all([
      client.get('/operations'),
      client.get('/drills').catch(() => undefined),
    ])
    if (json) print(JSON.stringify({ ...overview, drills: drills?.items ?? [] }))
    else print(`${watch && connection.isTerminal ? clear : ''}${statusText(overview, drills, paint)}`)
    const problems = problemsIn(overview)
    if (!watch && problems.length > 0) throw new Wrong(problems.join('; '))
    if (watch) await sleep(everyMs, undefined, { signal: stopped }).catch(() => {})
  } while (watch && !stopped.aborted)
}
