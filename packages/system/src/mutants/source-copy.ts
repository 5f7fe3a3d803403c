import { execFile } from 'node:child_process'
import { cp, mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/**
 * Copies what git knows of the workspace, and what is new in it. The packages' own `node_modules` are relative links
 * into the workspace, so in the copy they lead to the copy; the packages from the registry are shared.
 */
export async function copySources(root: string, to: string): Promise<void> {
  const files = await copyFiles(root, to)
  const members = files.flatMap((file) => /^(.+)\/package\.json$/.exec(file)?.[1] ?? [])
  for (const member of members) await copy(root, to, `${member}/node_modules`)
  await symlink(join(root, 'node_modules'), join(to, 'node_modules'))
}

/** The same without any `node_modules`: whoever installs them must not change those of the workspace. */
export async function copyFiles(root: string, to: string): Promise<string[]> {
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 }
  const listed = await promisify(execFile)('git', ['ls-files', '-co', '--exclude-standard', '-z'], options)
  const files = listed.stdout.split('\0').filter(Boolean)
  for (const file of files) await copy(root, to, file)
  await mkdir(join(to, '.data'), { recursive: true })
  await symlink(join(root, '.data/tools'), join(to, '.data/tools'))
  return files
}

/** What git lists may have been deleted, and a package may have no dependencies. */
async function copy(root: string, to: string, path: string): Promise<void> {
  await mkdir(dirname(join(to, path)), { recursive: true })
  const options = { recursive: true, verbatimSymlinks: true }
  await cp(join(root, path), join(to, path), options).catch((error) => {
    if (error.code !== 'ENOENT') throw error
  })
}
