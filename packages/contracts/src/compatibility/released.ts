import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findBase, type Git, gitIn, NoBase } from './git.ts'
import { type PublishedContracts, readContracts } from './published-contracts.ts'
import type { ChangedRecord } from './record-breaks.ts'

/** What the current contracts are compared with. */
export interface ReleasedContracts {
  /** Where it was found, for a person. */
  readonly name: string
  readonly contracts: PublishedContracts
  /** Stored messages that are not the same any more; a folder has none. */
  readonly changedRecords: readonly ChangedRecord[]
}

const packageFolder = 'packages/contracts'
const documentFile = `${packageFolder}/generated/asyncapi.json`
const recordFolders = [`${packageFolder}/samples`, `${packageFolder}/histories`]

/**
 * Reads released contracts as data: no code of theirs is run.
 * @param root the folder of the workspace
 * @param wanted a folder with AsyncAPI documents, or a commit; without it the merge base with main
 * @throws NoBase
 */
export function findReleased(root: string, wanted?: string): ReleasedContracts[] {
  const folder = resolve(root, wanted ?? '')
  if (wanted !== undefined && existsSync(folder) && statSync(folder).isDirectory()) return inFolder(folder)
  const git = gitIn(root)
  const { commit, name } = findBase(git, wanted)
  const document = git('show', `${commit}:${documentFile}`)
  if (document === undefined) throw new NoBase(`${commit} has no ${documentFile}. Give a later commit`)
  const contracts = parse(document, `${documentFile} of ${commit}`)
  return [
    {
      name: `${commit.slice(0, 12)} (${name})`,
      contracts,
      changedRecords: changedRecords(git, commit, root),
    },
  ]
}

function inFolder(folder: string): ReleasedContracts[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  if (files.length === 0)
    throw new NoBase(`${folder} has no .json file. Put released AsyncAPI documents there`)
  return files.sort().map((file) => {
    const path = join(folder, file)
    return { name: path, contracts: parse(readFileSync(path, 'utf8'), path), changedRecords: [] }
  })
}

function parse(json: string, name: string): PublishedContracts {
  try {
    return readContracts(JSON.parse(json))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NoBase(`${name} is no AsyncAPI document of these contracts:\n${reason}`, { cause })
  }
}

/** Samples and histories that the commit has, and the working tree has otherwise or no longer. */
function changedRecords(git: Git, commit: string, root: string): ChangedRecord[] {
  const diff = git(
    'diff',
    '--name-only',
    '--no-renames',
    '--diff-filter=DM',
    '-z',
    commit,
    '--',
    ...recordFolders,
  )
  if (diff === undefined) throw new NoBase(`git cannot compare with ${commit}. Run git status`)
  return diff
    .split('\0')
    .filter(Boolean)
    .map((file) => {
      const path = join(root, file)
      const before = git('show', `${commit}:${file}`) ?? ''
      return { file, before, after: existsSync(path) ? readFileSync(path, 'utf8') : undefined }
    })
}
