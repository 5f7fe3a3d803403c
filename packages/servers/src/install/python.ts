import { onPath } from '../process/programs.ts'
import { run } from '../process/run.ts'

export type Python = { file: string; version: string; tag: string }

const names = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']

// A shim of a version manager may start another Python in another folder: the interpreter itself is asked.
const question = `
import sys, pip
assert sys.version_info >= (3, 10)
print(sys.executable)
print('.'.join(map(str, sys.version_info[:3])))
print('cp%d%d' % sys.version_info[:2])
`

/** A Python of 3.10 or later that has pip, the first on the PATH. */
export async function findPython(env: NodeJS.ProcessEnv): Promise<Python | undefined> {
  for (const candidate of names.flatMap((name) => onPath(name, env))) {
    const ran = await run(candidate, ['-c', question], { env, timeout: 20_000 })
    const [file, version, tag] = ran.stdout.trim().split('\n')
    if (ran.code === 0 && file && version && tag) return { file, version, tag }
  }
  return undefined
}
