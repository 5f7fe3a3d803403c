import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Print } from '../process/child.ts'
import { isExecutable, versionOf } from '../process/programs.ts'
import { run } from '../process/run.ts'

const VERSION = '8.2.6'
const REMEMBER_FAILURE_MS = 24 * 60 * 60 * 1000

export type Limits = { silentMs: number; totalMs: number }
type Mongod = { file: string; version: string }

/**
 * A mongod from MongoDB's own site, kept in the tools folder. A failure is remembered for a day, so that a
 * machine that cannot reach the site waits for it once.
 */
export async function downloadMongod(
  tools: string,
  print: Print,
  limits: Limits = { silentMs: 10_000, totalMs: 45_000 },
): Promise<Mongod | { failed: string }> {
  const folder = join(tools, `mongod-${VERSION}`)
  await mkdir(folder, { recursive: true })
  const there = await runnable(await readFile(join(folder, 'path'), 'utf8').catch(() => ''))
  if (there) return there
  const remembered = await readIfYounger(join(folder, 'failed'), REMEMBER_FAILURE_MS)
  if (remembered !== undefined) return { failed: remembered }

  print(`Downloading MongoDB ${VERSION} …`)
  const outcome = await download(folder, limits)
  const mongod = 'file' in outcome ? await runnable(outcome.file) : undefined
  if (mongod) {
    await writeFile(join(folder, 'path'), mongod.file)
    return mongod
  }
  const reason = 'failed' in outcome ? outcome.failed : 'it does not run on this system'
  const failed = `mongod could not be downloaded (${reason})`
  await writeFile(join(folder, 'failed'), failed)
  return { failed }
}

/** In a process of its own: the library's download cannot be cancelled, but a process can be killed. */
async function download(folder: string, limits: Limits): Promise<{ file: string } | { failed: string }> {
  const script = fileURLToPath(new URL('download-process.ts', import.meta.url))
  const abort = new AbortController()
  const began = Date.now()
  let [size, grewAt] = [0, began]
  const watch = setInterval(() => {
    void sizeOf(folder).then((now) => {
      if (now !== size) [size, grewAt] = [now, Date.now()]
      if (Date.now() - grewAt > limits.silentMs) abort.abort(`no answer for ${limits.silentMs / 1000} s`)
      if (Date.now() - began > limits.totalMs) abort.abort(`not done after ${limits.totalMs / 1000} s`)
    })
  }, 200)
  const args = ['--import', import.meta.resolve('tsx'), script, VERSION, folder]
  // A host that cannot be resolved is not found by asking three times.
  const env = { ...process.env, MONGOMS_MAX_RETRIES: '1' }
  const ran = await run(process.execPath, args, { signal: abort.signal, env })
  clearInterval(watch)
  if (ran.code === 0) return { file: ran.stdout.trim() }
  if (abort.signal.aborted) return { failed: String(abort.signal.reason) }
  return { failed: ran.stderr.trim().split('\n').at(-1) ?? `exit code ${ran.code}` }
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map((name) =>
    stat(join(folder, name)).then(
      (s) => s.size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

async function runnable(file: string): Promise<Mongod | undefined> {
  const version = isExecutable(file) ? await versionOf(file, '--version') : undefined
  return version === undefined ? undefined : { file, version }
}

async function readIfYounger(file: string, ms: number): Promise<string | undefined> {
  const written = await stat(file).then(
    (s) => s.mtimeMs,
    () => 0,
  )
  return Date.now() - written < ms ? readFile(file, 'utf8') : undefined
}
