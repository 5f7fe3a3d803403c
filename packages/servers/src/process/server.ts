import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, type ChildOptions, describeExit, type Print, startChild } from './child.ts'
import { removePidFile, stopPrevious, writePidFile } from './pid-file.ts'
import { freePort, isFree, readGreeting } from './ports.ts'
import { waitUntil } from './wait-until.ts'

/** A server that was started here, or one that the environment names. */
export interface Server extends Child {
  /** Where to connect; for Postgres with the administrator's name and password. */
  readonly url: string
  /** Name and version. */
  readonly what: string
  readonly port: number
  readonly isOurs: boolean
  /** Starts it again, on the same port and data; stops it first when it still runs. */
  restart(): Promise<void>
  /** Where its data is, and what it reports to be wrong with it: only of a server that was started here and can tell. */
  readonly health?: { readonly dataDir: string; ailment(): Promise<string | undefined> } | undefined
}

export interface ServerOptions {
  /** For data, log and configuration. Absolute, and on the command line: the next start recognises the server by it. */
  readonly dataDir: string
  /** Any free port when it is 0 or missing. */
  readonly port?: number
  readonly print?: Print
}

interface ServerPlan extends ServerOptions {
  readonly what: string
  url(port: number): string
  /** Called before every start; may write what the command needs. */
  command(port: number): Promise<Pick<ChildOptions, 'file' | 'args' | 'env' | 'uid' | 'gid'>>
  /** Rejects until the server, which accepts connections by then, answers. */
  ready(port: number): Promise<unknown>
  /** What the server reports to be wrong with it, undefined for nothing; rejects when it does not answer. */
  ailment?(): Promise<string | undefined>
  readonly stopSignal: NodeJS.Signals
  /** Ends the processes that outlived the server's main process. */
  endOrphans?(): Promise<void>
  /** Text in the log that means: the same start may succeed a moment later. */
  readonly retryWhen?: RegExp
}

const READY_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 15_000

/** Starts a server and waits until it answers. */
export async function startServer(plan: ServerPlan): Promise<Server> {
  const { what, dataDir, ailment, print = () => {} } = plan
  await stopPrevious(dataDir, plan.stopSignal, what, print)
  let { child, port } = await startOn(plan, plan.port)

  async function end(how: 'stop' | 'kill'): Promise<void> {
    await child[how]()
    await plan.endOrphans?.()
    await removePidFile(dataDir)
  }

  return {
    what,
    url: plan.url(port),
    port,
    isOurs: true,
    health: ailment && { dataDir, ailment },
    get pid() {
      return child.pid
    },
    get exited() {
      return child.exited
    },
    stop: () => end('stop'),
    kill: () => end('kill'),
    async restart() {
      await end('stop')
      child = (await startOn(plan, port)).child
    },
  }
}

/** A server that the environment names: `stop` does nothing, `kill` and `restart` reject. */
export function externalServer(url: string, what: string, defaultPort: number): Server {
  const refuse = () => Promise.reject(new Error(`${what} was not started here, so it is not restarted here`))
  const port = /:(\d+)(?=[/?,]|$)/.exec(url.replace(/^.*@/, ''))?.[1]
  return {
    url,
    what,
    port: port ? Number(port) : defaultPort,
    isOurs: false,
    pid: undefined,
    exited: new Promise(() => {}),
    stop: () => Promise.resolve(),
    kill: refuse,
    restart: refuse,
  }
}

/** Tries again when the log matches `retryWhen`, or when another program took the free port before the server did. */
async function startOn(plan: ServerPlan, fixedPort: number | undefined) {
  const { what, dataDir, stopSignal, retryWhen } = plan
  const log = join(dataDir, 'server.log')
  const options = { cwd: dataDir, output: log, stopSignal, stopWithinMs: STOP_WITHIN_MS }
  for (const deadline = performance.now() + READY_WITHIN_MS; ; await sleep(100)) {
    const port = fixedPort || (await freePort())
    if (fixedPort && !(await isFree(port)))
      throw new Error(
        `${what} cannot start: port ${port} is taken by another program. Stop it, or choose another port.`,
      )
    await plan.endOrphans?.()
    const command = await plan.command(port)
    const start = statSync(log, { throwIfNoEntry: false })?.size ?? 0
    const child = startChild({ ...command, ...options })
    if (child.pid !== undefined) await writePidFile(dataDir, child.pid)
    const failure = await failureToAnswer(plan, port, child, deadline)
    if (failure === undefined) return { child, port }

    const logged = await text(createReadStream(log, { start, end: start + 65_535 }))
    // The program that had the port may have ended since.
    const wasTaken = /address already in use/i.test(logged) || !(await isFree(port))
    const retry = retryWhen?.test(logged) || (!fixedPort && wasTaken)
    if (retry && performance.now() < deadline) continue
    const lastLines = logged.trim().split('\n').slice(-15).join('\n')
    throw new Error(`${what} did not start: ${failure}. ${log} ends with:\n${lastLines}`)
  }
}

/** Waits until the server answers; resolves with the reason when it does not. */
async function failureToAnswer(
  plan: ServerPlan,
  port: number,
  child: Child,
  deadline: number,
): Promise<string | undefined> {
  let reason = ''
  const answersOrEnds = async () => {
    try {
      await readGreeting(port, false)
      await plan.ready(port)
      return true
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
      return child.pid === undefined
    }
  }
  const isSettled = await waitUntil(answersOrEnds, { withinMs: deadline - performance.now() })
  if (child.pid === undefined) return `it ${describeExit(await child.exited, child.lastError)}`
  if (isSettled) return undefined
  await child.kill()
  return `it gave no answer within ${READY_WITHIN_MS / 1000} s (${reason})`
}
