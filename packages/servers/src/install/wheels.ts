import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runOrFail } from '../process/run.ts'
import type { FindOptions } from './found.ts'
import type { Python } from './python.ts'

// Compiling every module takes as long as the download; Python compiles the few that it loads.
const pip =
  '-m pip install --quiet --no-compile --no-deps --require-hashes --only-binary :all: --target'.split(' ')

// A user's own pip settings may contain `user = true`, which --target refuses.
const pipSettings = { PIP_USER: '0', PIP_ROOT_USER_ACTION: 'ignore', PIP_DISABLE_PIP_VERSION_CHECK: '1' }

/** The requirements file that pins a tool's wheels by hash; undefined when that version is not pinned. */
export function pinnedRequirements(name: string): string | undefined {
  const file = fileURLToPath(new URL(`../../wheels/${name}.txt`, import.meta.url))
  return existsSync(file) ? file : undefined
}

/** Installs the pinned wheels into a folder of their own below the tools folder, once. Returns the folder. */
export async function installWheels(
  python: Python,
  requirements: string,
  name: string,
  what: string,
  { tools, print }: Required<FindOptions>,
): Promise<string> {
  const folder = join(tools, name)
  if (!existsSync(folder)) print(`Downloading ${what} from PyPI …`)
  return installOnce(folder, async (unfinished) => {
    const env = { ...process.env, ...pipSettings }
    await runOrFail(python.file, [...pip, unfinished, '-r', requirements], { env })
  })
}

/** Fills a folder under another name and renames it, so that a half installed tool is never found. */
export async function installOnce(
  folder: string,
  fill: (unfinished: string) => Promise<unknown>,
): Promise<string> {
  if (existsSync(folder)) return folder
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
  return folder
}
