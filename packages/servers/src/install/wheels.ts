import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runOrFail } from '../process/run.ts'
import type { Python } from './python.ts'

/** The requirements file that pins a tool's wheels by hash; undefined when that version is not pinned. */
export function pinnedRequirements(name: string): string | undefined {
  const file = fileURLToPath(new URL(`../../wheels/${name}.txt`, import.meta.url))
  return existsSync(file) ? file : undefined
}

/** Installs exactly the pinned wheels into a folder of their own, once, and returns the folder. */
export async function installWheels(python: Python, requirements: string, folder: string): Promise<string> {
  // Compiling every module would take as long as the download; Python compiles the few that it loads.
  const args = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-compile',
    '--no-deps',
    '--require-hashes',
    '--only-binary',
    ':all:',
  ]
  return installOnce(folder, async (unfinished) => {
    // A user's own pip settings may say `user = true`, which --target refuses.
    const env = {
      ...process.env,
      PIP_USER: '0',
      PIP_ROOT_USER_ACTION: 'ignore',
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
    }
    await runOrFail(python.file, [...args, '--target', unfinished, '-r', requirements], { env })
  })
}

/** Fills a folder beside its place and moves it there, so that a half installed tool is never found. */
export async function installOnce(
  folder: string,
  fill: (unfinished: string) => Promise<void>,
): Promise<string> {
  if (existsSync(folder)) return folder
  await mkdir(join(folder, '..'), { recursive: true })
  const unfinished = await mkdtemp(`${folder}.unfinished-`)
  try {
    await fill(unfinished)
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another start may have been faster; its folder is as good.
    if (!existsSync(folder)) throw error
  }
  return folder
}
