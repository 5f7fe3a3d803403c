import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A script of a package that writes files. */
export interface FileGenerator {
  /** The package's folder; '' is the workspace's root. */
  readonly folder: string
  readonly script: string
}

/** What has to be written again after the contracts have changed, in this order. */
export const contractGenerators: readonly FileGenerator[] = [
  { folder: 'packages/contracts', script: 'documents' },
  { folder: 'packages/gateway', script: 'documents' },
  { folder: 'packages/client', script: 'types' },
  { folder: '', script: 'pictures' },
]

export const describeGenerator = ({ folder, script }: FileGenerator): string =>
  folder === '' ? script : `${script} of ${folder}`

/**
 * Runs the script as its package.json has it. It does without pnpm, which need not be on the PATH.
 * @throws when it fails
 */
export function runGenerator(root: string, generator: FileGenerator): void {
  const { scripts } = JSON.parse(readFileSync(join(root, generator.folder, 'package.json'), 'utf8'))
  run(root, generator.folder, scripts[generator.script], [], describeGenerator(generator))
}

export const formatFiles = (root: string, paths: readonly string[]): void =>
  run(root, '', 'biome', ['check', '--write', '--log-level=error', ...paths], 'biome')

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
