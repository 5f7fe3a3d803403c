import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

export type TestArguments = { unit: boolean; filters: string[]; flags: string[] }

/** `--unit` is our own flag, all other flags go to Node's test runner, and the other words filter the files. */
export function parseArguments(args: readonly string[]): TestArguments {
  return {
    unit: args.includes('--unit'),
    filters: args.filter((arg) => !arg.startsWith('-')),
    flags: args.filter((arg) => arg.startsWith('-') && arg !== '--' && arg !== '--unit'),
  }
}

/** The files to run: with `--unit` only the tests without servers, with filters only paths that contain one. */
export function selectFiles(files: readonly string[], { unit, filters }: TestArguments): string[] {
  return files.filter(
    (file) =>
      !(unit && /\.(int|sys)\.test\.ts$/.test(file)) &&
      (filters.length === 0 || filters.some((filter) => file.includes(filter))),
  )
}

/** Every test file of the workspace, relative to its root. */
export function findTestFiles(root: string): string[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'src'))
  const others = ['bench', 'deploy/tools', 'deploy/experiments'].map((name) => join(root, name, 'src'))
  return [...packages, ...others]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => relative(root, file))
    .sort()
}
