/** A change to one file that breaks a promise, and the tests that must fail with it. */
export interface Mutant {
  /** From the root of the workspace. */
  readonly file: string
  /** What the change does, so that the title of a failing test can be held against it. */
  readonly breaks: string
  /** Occurs once in the file. Short, so that it stays when the lines around it change. */
  readonly text: string
  readonly becomes: string
  /** Words in the paths of the test files, as for `pnpm test`. */
  readonly tests: readonly string[]
}

type Change = readonly [breaks: string, text: string, becomes: string]

/** @param tests words, separated by spaces */
export const mutantsOf = (file: string, tests: string, ...changes: readonly Change[]): Mutant[] =>
  changes.map(([breaks, text, becomes]) => ({ file, breaks, text, becomes, tests: tests.split(' ') }))

/** The file's content with the change; undefined for a stale mutant, whose text does not occur exactly once. */
export function mutate(content: string, { text, becomes }: Mutant): string | undefined {
  const parts = content.split(text)
  return parts.length === 2 ? parts.join(becomes) : undefined
}

/** The mutants whose file or description contains one of the words; all without words. */
export const selectMutants = (mutants: readonly Mutant[], words: readonly string[]): Mutant[] =>
  mutants.filter(
    ({ file, breaks }) => words.length === 0 || words.some((word) => `${file}: ${breaks}`.includes(word)),
  )
