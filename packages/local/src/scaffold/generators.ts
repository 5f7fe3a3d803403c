import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What writes files: a script of a package, or another command. */
export interface FileGenerator {
  /** The package's folder; '' is the workspace's root. */
  readonly folder: string
  readonly script?: string
  /** A line for the shell, in the place of a script. */
  readonly command?: string
}

/** Links the packages, and writes the lockfile. */
export const install: FileGenerator = {
  folder: '',
  command: `${pnpm()} install --no-frozen-lockfile --prefer-offline`,
}

/** The pnpm that runs this command, or else a fetched one. It may be a program or a script. */
function pnpm(): string {
  const { npm_execpath: path } = process.env
  if (!path?.includes('pnpm')) return 'npx --yes pnpm@12'
  return /\.[cm]?js$/.test(path) ? `"${process.execPath}" "${path}"` : `"${path}"`
}

/** What has to be written again after the contracts have changed, in this order. */
export const contractGenerators: readonly FileGenerator[] = [
  { folder: 'packages/contracts', script: 'documents' },
  { folder: 'packages/gateway', script: 'documents' },
  { folder: 'packages/client', script: 'types' },
  { folder: '', script: 'pictures' },
]

export function describeGenerator(generator: FileGenerator): string {
  if (generator === install) return 'pnpm install'
  const { folder, script, command } = generator
  const what = script ?? command ?? ''
  return folder === '' ? what : `${what} of ${folder}`
}

/**
 * Runs a script as its package.json has it. It does without pnpm, which need not be on the PATH.
 * @throws when it fails
 */
export function runGenerator(root: string, generator: FileGenerator): void {
  const { folder, script, command = scriptOf(root, folder, script) } = generator
  run(root, folder, command, [], describeGenerator(generator))
}

function scriptOf(root: string, folder: string, script = ''): string {
  const { scripts } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  return scripts[script]
}

/** Those that Biome knows. */
export const formatFiles = (root: string, paths: readonly string[]): void =>
  run(
    root,
    '',
    'biome',
    ['check', '--write', '--log-level=error', '--files-ignore-unknown=true', ...paths],
    'biome',
  )

/** @param args none for a line of a shell */
function run(root: string, folder: string, command: string, args: readonly string[], name: string): void {
  const cwd = join(root, folder)
  const bins = [cwd, root].map((path) => join(path, 'node_modules/.bin'))
  const { status, error } = spawnSync(command, args, {
    cwd,
    shell: args.length === 0,
    env: { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0)
    throw new Error(`The files are written, but ${name} failed: ${error?.message ?? `exit code ${status}`}`)
}
