import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './run.ts'

/** Every program of that name on the PATH, in the PATH's order. */
export function onPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).filter(isExecutable)
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** The first version number that a program prints about itself, or undefined when it does not run. */
export async function versionOf(file: string): Promise<string | undefined> {
  const ran = await run(file, ['--version'], { timeout: 10_000 })
  return ran.code === 0 ? versionIn(ran.stdout + ran.stderr) : undefined
}

export function versionIn(text: string): string | undefined {
  return /(?<![\d.])\d+\.\d+(\.\d+)*/.exec(text)?.[0]
}

/** Compares number by number: 2.9 is older than 2.10. */
export const isAtLeast = (version: string, least: string): boolean =>
  version.localeCompare(least, 'en', { numeric: true }) >= 0
