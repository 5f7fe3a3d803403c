import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '@saucery/servers/install/folders'

/** The workspace packages that a package needs at run time. */
export function dependenciesOf(name: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
  return Object.keys(dependencies).flatMap((it) => /^@saucery\/(.*)/.exec(it)?.[1] ?? [])
}

export const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

export const hasCommit = (name: string): boolean =>
  spawnSync('git', ['cat-file', '-e', `${name}^{commit}`], { cwd: root, stdio: 'ignore' }).status === 0
