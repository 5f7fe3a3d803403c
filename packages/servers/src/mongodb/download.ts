import { readdirSync, statSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Print } from '../process/child.ts'
import { isExecutable, versionOf } from '../process/programs.ts'
import { run } from '../process/run.ts'

const VERSION = '8.2.6'
const REMEMBER_FAILURE_MS = 24 * 60 * 60 * 1000

type Limits = { silentMs: number; totalMs: number }
type Mongod = { file: string; version: string }

/**
 * A mongod from MongoDB's site, kept in the tools folder. A failure is remembered for a day, so that a machine that
 * cannot reach the site waits for it once.
 */
export async function downloadMongod(
  tools: string,
  print: Print,
  limits: Limits = { silentMs: 10_000, totalMs: 45_000 },
): Promise<Mongod | { failed: string }> {
  const folder = join(tools, `mongod-${VERSION}`)
  const [pathFile, failureFile] = [join(folder, 'path'), join(folder, 'failed')]
  await mkdir(folder, { recursive: true })
  const kept = await runnable(await readFile(pathFile, 'utf8').catch(() => ''))
  if (kept) return kept
  const failedAt = statSync(failureFile, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (Date.now() - failedAt < REMEMBER_FAILURE_MS) return { failed: await readFile(failureFile, 'utf8') }

  print(`Downloading MongoDB ${VERSION} …`)
  const { file = '', reason = 'it does not run on this system' } = await download(folder, limits)
  const mongod = await runnable(file)
  if (mongod) {
    await writeFile(pathFile, mongod.file)
    return mongod
  }
  const failed = `mongod could not be downloaded (${reason})`
  await writeFile(failureFile, failed)
  return { failed }
}

/** In a process of its own: the library's download cannot be aborted, but a process can be killed. */
async function download(folder: string, limits: Limits): Promise<{ file?: string; reason?: string }> {
  const script = fileURLToPath(new URL('download-process.ts', import.meta.url))
  const abort = new AbortController()
  const startedAt = performance.now()
  let [size, grewAt] = [0, startedAt]
  const timer = setInterval(() => {
    const newSize = sizeOf(folder)
    if (newSize !== size) [size, grewAt] = [newSize, performance.now()]
    if (performance.now() - grewAt > limits.silentMs) abort.abort(`no answer for ${limits.silentMs / 1000} s`)
    if (performance.now() - startedAt > limits.totalMs)
      abort.abort(`not done after ${limits.totalMs / 1000} s`)
  }, 200)
  const args = ['--import', import.meta.resolve('tsx'), script, VERSION, folder]
  // A host name that cannot be resolved is not resolved by a retry either.
  const env = { ...process.env, MONGOMS_MAX_RETRIES: '1' }
  const { code, stdout, stderr } = await run(process.execPath, args, { signal: abort.signal, env })
  clearInterval(timer)
  if (code === 0) return { file: stdout.trim() }
  if (abort.signal.aborted) return { reason: String(abort.signal.reason) }
  return { reason: stderr.trim().split('\n').at(-1) ?? `exit code ${code}` }
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false }))
  return files.reduce((sum, file) => sum + (file?.size ?? 0), 0)
}

async function runnable(file: string): Promise<Mongod | undefined> {
  const version = isExecutable(file) ? await versionOf(file) : undefined
  return version === undefined ? undefined : { file, version }
}
