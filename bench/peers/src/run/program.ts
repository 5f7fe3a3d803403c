import { rejectOnAbort } from '@saucery/bench/load/poll'
import { type Child, describeExit, type Print, startChild } from '@saucery/servers/process/child'

const READY_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 5_000

export interface Program {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly say: Print
}

/**
 * Starts a peer's program and waits until it writes the line `ready`. The program ends itself when its standard input
 * ends, so it outlives neither Ctrl-C nor a `kill -9` of this process.
 */
export async function startProgram({ name, say, ...command }: Program): Promise<Child> {
  let answer = () => {}
  const ready = new Promise<void>((resolve) => {
    answer = resolve
  })
  const child = startChild({
    ...command,
    env: { ...process.env, ...command.env },
    stopWithinMs: STOP_WITHIN_MS,
    output: (line) => (line === 'ready' ? answer() : say(`${name}: ${line}`)),
  })
  const ended = child.exited.then((exit) => {
    throw new Error(`${name} ${describeExit(exit, child.lastError)}`)
  })
  try {
    await Promise.race([ready, ended, rejectOnAbort(AbortSignal.timeout(READY_WITHIN_MS))])
    ended.catch(() => {})
    return child
  } catch (error) {
    await child.kill()
    throw error
  }
}
