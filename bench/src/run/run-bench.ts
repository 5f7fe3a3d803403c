import { setMaxListeners } from 'node:events'
import { cpus, loadavg, totalmem } from 'node:os'
import { abortOnInterrupt } from '@saucery/local/cli/interrupt'
import { withoutProxyHere } from '@saucery/servers/process/local-calls'
import { removeTempFolder, sweepTempFolders, tempFolder } from '@saucery/servers/process/temp'

export interface BenchContext {
  /** Reports progress on stderr; the results go to stdout. */
  readonly say: (text: string) => void
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** What the figures were measured on: this machine, the given stores, and the load average before the start. */
  readonly machine: (stores: readonly string[]) => string
}

/** Prints what `measure` returns, then exits: with 0, with 1 when it failed, or with 130 when it was interrupted. */
export async function runBench(measure: (context: BenchContext) => Promise<string>): Promise<never> {
  const { stdout, stderr, env } = process
  Object.assign(env, withoutProxyHere(env))
  // A closed terminal must not keep the servers from being stopped.
  for (const stream of [stdout, stderr]) stream.on('error', () => {})
  const say = (text: string) =>
    void stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}\n`)
  const signal = abortOnInterrupt(say)
  // Every wait listens to it, and many wait at once.
  setMaxListeners(0, signal)
  const before = `load average ${loadavg()[0]?.toFixed(1)} before`
  const machine = (stores: readonly string[]) => [...hardware(), ...stores, before].join(' · ')
  try {
    await sweepTempFolders(say)
    stdout.write(`\n${await measure({ say, signal, machine })}`)
    process.exit(0)
  } catch (error) {
    if (signal.aborted) process.exit(130)
    stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exit(1)
  }
}

function hardware(): string[] {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  return [`${cpus().length} × ${cpus()[0]?.model.trim()}`, memory, `Node ${process.versions.node}`]
}

export async function inTempFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await tempFolder()
  try {
    return await use(folder)
  } finally {
    await removeTempFolder(folder)
  }
}

/** The arguments as `read` returns them. Exits with the usage for `--help` (0) and where `read` throws (2). */
export function argumentsOrExit<T>(usage: string, read: (args: string[]) => T): T {
  const args = process.argv.slice(2).filter((arg) => arg !== '--')
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage)
    process.exit(0)
  }
  try {
    return read(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}
