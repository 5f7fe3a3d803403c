import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { onExit } from 'signal-exit'

/** A server of a test; `await using` ends it and removes its data. */
export interface KitServer extends AsyncDisposable {
  readonly url: string
  /** Ends it at once, as in a crash. Rejects for a server that the environment names. */
  kill(): Promise<void>
  /** Starts it again on its port and data; kills it first if it runs. Rejects for a server that the environment names. */
  restart(): Promise<void>
}

export interface ProgramOptions {
  readonly file: string
  readonly args: readonly string[]
  readonly uid?: number
  readonly gid?: number
}

const READY_WITHIN_MS = 30_000

/**
 * Starts a program, and waits for what it writes when it is ready. It ends with this process, unless that is killed.
 * @returns the match in what it wrote to standard error
 * @throws with the last lines when it ends before, or is not ready in 30 s
 */
export async function startKitProgram({ file, args, ...account }: ProgramOptions, ready: RegExp) {
  const child = spawn(file, args, { ...account, cwd: tmpdir(), stdio: ['ignore', 'ignore', 'pipe'] })
  const forget = onExit(() => void child.kill('SIGKILL'))
  child.once('exit', forget)
  try {
    return { child, match: await readUntil(child, ready) }
  } catch (error) {
    await endKitProgram(child)
    throw new Error(`${file} did not start: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
}

function readUntil(child: ChildProcess, ready: RegExp): Promise<RegExpExecArray> {
  let written = ''
  const lastLines = () => written.trim().split('\n').slice(-10).join('\n')
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`not ready in ${READY_WITHIN_MS / 1000} s\n${lastLines()}`)),
      READY_WITHIN_MS,
    )
    const end = () => clearTimeout(timer)
    child.once('error', (error) => {
      end()
      reject(error)
    })
    child.once('close', (code, signal) => {
      end()
      reject(new Error(`it ended (${signal ?? code})\n${lastLines()}`))
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      // What comes later is read and dropped, so that the server never waits for a reader.
      if (written.length > 1_000_000) return
      written += text
      const match = ready.exec(written)
      if (!match) return
      end()
      resolve(match)
    })
  })
}

/** A server that has been started here. */
interface StartedServer {
  readonly url: string
  readonly child: ChildProcess
  /** Starts it again, on its port. */
  start(): Promise<{ readonly child: ChildProcess }>
}

/** Starts a server that keeps its data in a folder of its own, which goes with it. */
export async function inKitFolder(start: (folder: string) => Promise<StartedServer>): Promise<KitServer> {
  const folder = await kitFolder()
  try {
    const started = await start(folder)
    let { child } = started
    return {
      url: started.url,
      kill: () => endKitProgram(child),
      async restart() {
        await endKitProgram(child)
        child = (await started.start()).child
      },
      async [Symbol.asyncDispose]() {
        await endKitProgram(child)
        await removeKitFolder(folder)
      },
    }
  } catch (error) {
    await removeKitFolder(folder)
    throw error
  }
}

/** A server that others use, too: it is not ended here. */
export function givenServer(url: string, variable: string, dispose = async () => {}): KitServer {
  const refuse = async (): Promise<never> => {
    throw new Error(`the server was not started here, because ${variable} names it`)
  }
  return { url, kill: refuse, restart: refuse, [Symbol.asyncDispose]: dispose }
}

/** SIGKILL: the data are thrown away. */
async function endKitProgram(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** A folder that another account may pass through: Postgres does not run as root. */
async function kitFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'messaging-kit-'))
  await chmod(folder, 0o711)
  return folder
}

/** The last children of a killed server may still be writing. */
const removeKitFolder = (folder: string) =>
  rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })

/** The program in the folders of the PATH; undefined when there is none. */
export const programOnPath = (name: string, path: string | undefined): string | undefined =>
  (path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(mayRun)

function mayRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
