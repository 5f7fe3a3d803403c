import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const workspaceRoot = fileURLToPath(new URL('../../../../..', import.meta.url))

/** Every package of the workspace, as a folder relative to its root. */
export function packageFolders(): string[] {
  const foldersIn = (folder: string) =>
    readdirSync(join(workspaceRoot, folder)).map((name) => `${folder}/${name}`)
  return [...foldersIn('packages'), 'bench', 'bench/peers', ...foldersIn('deploy')].filter((folder) =>
    existsSync(join(workspaceRoot, folder, 'package.json')),
  )
}

/** The sources of a package without its tests, but with `testing/`; relative to its `src`. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(join(workspaceRoot, folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .sort()
}
