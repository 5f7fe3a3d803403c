import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findTestFiles, selectFiles } from '@saucery/local/testing/test-files'
import { sweepTempFolders } from '@saucery/servers/process/temp'
import { type Mutant, mutate } from './mutant.ts'

export interface MutantResult {
  readonly mutant: Mutant
  /** `stale`: its text does not occur exactly once in the file any more. `unproven`: a test fails without it, too. */
  readonly became: 'killed' | 'survived' | 'stale' | 'unproven'
  /** The first test that failed. */
  readonly by?: string | undefined
}

interface Options {
  /** A copy of the workspace. */
  readonly root: string
  /** Where the tests find their servers. */
  readonly env: NodeJS.ProcessEnv
  readonly stopping: AbortSignal
}

/** A test that takes longer fails, and kills its mutant. */
const testTimeoutMs = 90_000

/**
 * @returns applies a mutant, runs its tests, and takes it back. Each group of tests runs without a mutant first, twice
 * if need be, because a test that fails anyway kills nothing.
 */
export function openMutants(options: Options): (mutant: Mutant) => Promise<MutantResult> {
  const failures = new Map<string, string | undefined>()

  async function failureAnyway(words: readonly string[]): Promise<string | undefined> {
    const group = words.join(' ')
    if (!failures.has(group)) {
      const failed = (await firstFailure(options, words)) && (await firstFailure(options, words))
      failures.set(group, failed)
    }
    return failures.get(group)
  }

  return async (mutant) => {
    const file = join(options.root, mutant.file)
    const content = await readFile(file, 'utf8')
    const mutated = mutate(content, mutant)
    if (mutated === undefined) return { mutant, became: 'stale' }
    const anyway = await failureAnyway(mutant.tests)
    if (anyway !== undefined) return { mutant, became: 'unproven', by: anyway }
    await writeFile(file, mutated)
    try {
      const by = await firstFailure(options, mutant.tests)
      return { mutant, became: by === undefined ? 'survived' : 'killed', by }
    } finally {
      await writeFile(file, content)
    }
  }
}

/** Runs the test files that match a word, until a test fails. @returns its title */
async function firstFailure({ root, env, stopping }: Options, words: readonly string[]) {
  const files = selectFiles(findTestFiles(root), { unit: false, filters: [...words], flags: [] })
  const flags = ['--test-concurrency=2', '--test-reporter=tap', `--test-timeout=${testTimeoutMs}`]
  const child = spawn(process.execPath, ['--import', 'tsx', '--test', ...flags, ...files], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  // Ends the test files too, and they their servers.
  const interrupt = () => child.kill('SIGINT')
  stopping.addEventListener('abort', interrupt)
  let failed: string | undefined
  // A test is reported before the group that it belongs to.
  createInterface({ input: child.stdout }).on('line', (line) => {
    const title = /^ *not ok \d+ - (.*)$/.exec(line)?.[1]
    if (title === undefined || failed !== undefined) return
    failed = title
    interrupt()
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  stopping.removeEventListener('abort', interrupt)
  // A test that its time limit has ended may have been killed before it could end its servers.
  await sweepTempFolders(() => {})
  stopping.throwIfAborted()
  return code === 0 ? undefined : (failed ?? `the tests ended with ${code}`)
}
