import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import type { Structure } from '../layers.ts'
import { imageParts } from './images.ts'
import { type RuleName, rulesOf } from './rules.ts'

export interface Walls {
  /** The imports, as files relative to the workspace's root. */
  readonly imports: readonly { from: string; to: string }[]
  readonly violations: readonly Violation[]
}

interface Violation {
  readonly rule: RuleName
  /** One line: the import, the rule and the reason. */
  readonly line: string
}

/** Reads all imports of a workspace, those of types too, and checks them against its structure. */
export async function cruiseWorkspace(root: string, structure: Structure): Promise<Walls> {
  const packages = structure.packages
    .flat()
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
  const forbidden = rulesOf(structure, imageParts(root, packages))
  const { output } = await cruise(
    packages.map((folder) => `${folder}/src`),
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden },
      tsPreCompilationDeps: true,
      doNotFollow: 'node_modules',
      // Not `compiled`: it leads to the built JavaScript.
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'types', 'default'],
      },
      skipAnalysisNotInRules: true,
    },
  )
  const { modules, summary } = output as ICruiseResult
  const reasons = new Map(forbidden.map(({ name, comment }) => [name, comment]))
  return {
    imports: modules.flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
    ),
    violations: summary.violations.map(({ rule, from, to, cycle }) => {
      const name = rule.name.split(' ')[0] as RuleName
      const path = [from, ...(cycle?.map((step) => step.name) ?? [to])].map(readable).join(' → ')
      return { rule: name, line: `${path} (${name}: ${reasons.get(rule.name)})` }
    }),
  }
}

/** A file of an installed package, without the folders of pnpm. */
const readable = (file: string) => file.replace(/^.*node_modules\//, '')
