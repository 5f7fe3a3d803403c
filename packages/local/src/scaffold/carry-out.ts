import { formatFiles, runGenerator } from './generators.ts'
import { describePlan, type Plan, writeFiles } from './plan.ts'

/**
 * Prints what is done, and does it unless it `isDry`.
 * @param plan reads the files; nothing is written when it throws
 */
export function carryOut(root: string, plan: () => Plan, isDry: boolean): void {
  const { files, generators } = plan()
  process.stdout.write(`${describePlan(root, { files, generators }).join('\n')}\n`)
  if (isDry) return
  writeFiles(root, files)
  formatFiles(
    root,
    [...files].flatMap(([path, text]) => (text === undefined ? [] : path)),
  )
  for (const generator of generators) runGenerator(root, generator)
}
