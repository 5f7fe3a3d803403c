import { spawnSync } from 'node:child_process'

/** Runs git in a folder. Its output may be large: a document, for example. */
export type Git = (...args: string[]) => string | undefined

/** @returns git's output, or undefined when it fails or is not installed */
export const gitIn =
  (folder: string): Git =>
  (...args) => {
    const { status, stdout } = spawnSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1024 ** 3,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return status === 0 ? stdout : undefined
  }

/** There is nothing to compare with; the message says what to do. */
export class NoBase extends Error {
  override readonly name = 'NoBase'
}

const branches = ['origin/main', 'main']

/**
 * The commit to compare with: the merge base of HEAD and `wanted`, or of HEAD and main. On main itself that would be
 * HEAD, so there it is the parent.
 * @throws NoBase
 */
export function findBase(git: Git, wanted?: string): { commit: string; name: string } {
  const commitOf = (name: string) =>
    git('rev-parse', '--quiet', '--verify', '--end-of-options', `${name}^{commit}`)?.trim()
  if (git('rev-parse', '--git-dir') === undefined)
    throw new NoBase(
      'This is no git repository. Give a folder with released contracts: contracts:check <folder>',
    )
  const of = wanted ?? branches.find((name) => commitOf(name) !== undefined)
  if (of === undefined)
    throw new NoBase(
      `Found neither ${branches.join(' nor ')}. ${deepen(git, ' origin main:refs/remotes/origin/main')}`,
    )
  if (commitOf(of) === undefined)
    throw new NoBase(`There is no folder and no commit ${of}. Run git fetch, or give another one`)
  const commit = git('merge-base', of, 'HEAD')?.trim()
  if (!commit) throw new NoBase(`HEAD and ${of} have no commit in common here. ${deepen(git)}`)
  if (wanted !== undefined || commit !== commitOf('HEAD'))
    return { commit, name: `the merge base with ${of}` }
  const parent = commitOf('HEAD^')
  if (parent === undefined) throw new NoBase(`HEAD is on ${of}, and its parent is not here. ${deepen(git)}`)
  return { commit: parent, name: `the parent, because HEAD is on ${of}` }
}

/** @param branch what to fetch besides */
const deepen = (git: Git, branch = ''): string =>
  git('rev-parse', '--is-shallow-repository')?.trim() === 'true'
    ? `The clone is shallow. Run: git fetch --unshallow${branch}`
    : 'Give a commit, or a folder with released contracts: contracts:check <base>'
