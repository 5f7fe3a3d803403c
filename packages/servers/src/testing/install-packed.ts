import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runOrFail } from '../process/run.ts'
import { removeTempFolder, tempFolder } from '../process/temp.ts'

/** What pnpm tells its scripts is left out: npm would take it for its own settings. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)))

/**
 * A package as its users get it: packed, and installed by npm in an empty folder outside of the workspace.
 * @param source the package's folder
 */
export async function installPacked(source: string) {
  const folder = await tempFolder()
  try {
    await runOrFail('pnpm', ['pack', '--pack-destination', folder], { cwd: source })
    const [tarball] = await readdir(folder)
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    const options = ['--no-audit', '--no-fund', '--prefer-offline']
    await runOrFail('npm', ['install', ...options, `./${tarball}`], { cwd: folder, env })
  } catch (error) {
    await removeTempFolder(folder)
    throw error
  }
  return {
    folder,
    env,
    /** Runs a program there that must succeed. @returns what it printed */
    run: (file: string, args: readonly string[]) => runOrFail(file, args, { cwd: folder, env }),
    [Symbol.asyncDispose]: () => removeTempFolder(folder),
  }
}
