import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describeGenerator, type FileGenerator } from './generators.ts'
import { PlaceNotFound } from './source-text.ts'

/** What a command is about to do. Nothing is written before all of it is known to be possible. */
export interface Plan {
  /** The new text of each file, by its path in the workspace; undefined for a file or a folder that is deleted. */
  readonly files: ReadonlyMap<string, string | undefined>
  readonly generators: readonly FileGenerator[]
}

/**
 * Collects changes of files. Each change of a file gets the text that the one before it made.
 * @param root the folder of the workspace
 */
export function openPlan(root: string) {
  const files = new Map<string, string | undefined>()
  const read = (path: string) => files.get(path) ?? readFileSync(join(root, path), 'utf8')
  return {
    files: files as Plan['files'],
    read,
    create(path: string, text: string): void {
      if (files.has(path) || existsSync(join(root, path))) throw new Error(`${path} is there already`)
      files.set(path, text)
    },
    /** Of a file or a folder with all that is in it. */
    remove(path: string): void {
      if (existsSync(join(root, path))) files.set(path, undefined)
    },
    /** @throws with the file, and what was expected in it, when the place of the change is not found */
    edit(path: string, change: (text: string) => string): void {
      try {
        const changed = change(read(path))
        if (changed !== read(path)) files.set(path, changed)
      } catch (error) {
        if (!(error instanceof PlaceNotFound)) throw error
        throw new Error(`Nothing is changed: ${path} should have ${error.message}`, { cause: error })
      }
    },
  }
}

export type Draft = ReturnType<typeof openPlan>

/** A line for each file that is written, and for each generator that runs then. */
export const describePlan = (root: string, { files, generators }: Plan): string[] => [
  ...[...files].map(([path, text]) => {
    if (text === undefined) return `delete  ${path}`
    return `${existsSync(join(root, path)) ? 'change' : 'create'}  ${path}`
  }),
  ...generators.map((generator) => `run     ${describeGenerator(generator)}`),
]

export function writeFiles(root: string, files: Plan['files']): void {
  for (const [path, text] of files) {
    if (text === undefined) {
      rmSync(join(root, path), { recursive: true })
      continue
    }
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}
