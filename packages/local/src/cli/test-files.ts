import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

export type Asked = { unit: boolean; filters: string[]; flags: string[] }

/** `--unit` is ours, other flags are Node's test runner's, and every other word filters the files. */
export function parseArguments(args: readonly string[]): Asked {
  return {
    unit: args.includes('--unit'),
    filters: args.filter((arg) => !arg.startsWith('-')),
    flags: args.filter((arg) => arg.startsWith('-') && arg !== '--' && arg !== '--unit'),
  }
}

/** The files to run: without real servers only the unit tests, and with filters only those whose path has one. */
export function selectFiles(files: readonly string[], { unit, filters }: Asked): string[] {
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
