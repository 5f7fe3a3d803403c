import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { root } from '@saucery/servers/install/folders'
import { run } from '@saucery/servers/process/run'
import { serviceNames } from '../system/service-ports.ts'

/** For tests: the start command as a process, on any free ports. */
export interface Started {
  readonly url: string
  readonly pid: number
  readonly ended: boolean
  output(): string
  /** As when the terminal, or what reads a pipe, is gone. */
  closeOutput(): void
  /** Resolves with the exit code. */
  signal(name: NodeJS.Signals): Promise<number | null>
}

const ports = serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, '0'])

interface StartedIn {
  /** Added to this process's environment. */
  readonly env?: NodeJS.ProcessEnv
  /** What a shell does before, such as `umask 077`. */
  readonly shell?: string
  /** The workspace whose start it is. */
  readonly cwd?: string
}

/** Starts the system on the data folder, with all its logs, and waits until it prints that it is ready. */
export async function startCommand(
  dataDir: string,
  { env: different = {}, shell = ':', cwd = root }: StartedIn = {},
): Promise<Started> {
  const settings = {
    ...Object.fromEntries(ports),
    SAUCERY_DATA: dataDir,
    LOG_FORMAT: 'pretty',
    LOG_LEVEL: 'info',
  }
  const program = [process.execPath, '--import', 'tsx', 'packages/local/src/cli/start.ts']
  const child = spawn('/bin/sh', ['-c', `${shell}; exec "$@"`, 'sh', ...program], {
    cwd,
    env: { ...process.env, ...settings, ...different },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'close') as Promise<[number | null]>
  const { pid = 0 } = child
  let text = ''
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part
        const page = /^ {2}➜ {2}(http\S+)/m.exec(text)?.[1]
        if (page) resolve(page)
      })
    void exited.then(([code]) => reject(new Error(`start ended with ${code}:\n${text}`)))
  })
  return {
    url,
    pid,
    get ended() {
      return child.exitCode !== null || child.signalCode !== null
    },
    output: () => text,
    closeOutput() {
      for (const stream of [child.stdout, child.stderr]) stream.destroy()
    },
    async signal(name) {
      child.kill(name)
      return (await exited)[0]
    },
  }
}

export interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** All running processes; one that has ended does not count, even if its parent has not noticed. */
export async function processes(): Promise<Process[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,stat=,args='])
  return [...stdout.matchAll(/^ *(\d+) +(\d+) +([^Z\s]\S*) +(.*)$/gm)].map(
    ([, pid, parent, , command = '']) => ({
      pid: Number(pid),
      parent: Number(parent),
      command,
    }),
  )
}

/** The processes that a process has started, and those that they have started. */
export async function descendantsOf(pid: number): Promise<Process[]> {
  const all = await processes()
  const below = (parent: number): Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)])
  return below(pid).filter(({ command }) => !command.startsWith('ps '))
}
