import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '@saucery/servers/install/folders'
import { parse, stringify } from 'yaml'

const folder = join(root, 'deploy/observability')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
}

export const ruleFiles = readdirSync(join(folder, 'rules')).map((name) => join(folder, 'rules', name))

export const shippedRules = ruleFiles.flatMap((file) =>
  (parse(readFileSync(file, 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules),
)

const seconds: Record<string, number> = { s: 1, m: 60, h: 3600 }

/** The rules with every time so many times shorter: a `for`, a window, and a limit in seconds. */
export function scaledRules(factor: number): string {
  const shorter = (text: string) =>
    text.replace(/(?<=\[|^)(\d+)([smh])(?=\]|$)/g, (_, number, unit) => {
      return `${Math.round((Number(number) * (seconds[unit] ?? 1) * 1000) / factor)}ms`
    })
  const expr = (text: string) =>
    shorter(text).replace(/_seconds(\{[^}]*\}\)) > (\d+)/g, (_, labels, limit) => {
      return `_seconds${labels} > ${Number(limit) / factor}`
    })
  const rules = shippedRules.map((rule) => ({
    ...rule,
    expr: expr(rule.expr),
    ...(rule.for && { for: shorter(rule.for) }),
  }))
  return stringify({ groups: [{ name: 'scaled', rules }] })
}

/** The queries of all panels, by dashboard and title. */
export function panelQueries(): { readonly panel: string; readonly expr: string }[] {
  return readdirSync(join(folder, 'dashboards')).flatMap((name) => {
    const { panels } = JSON.parse(readFileSync(join(folder, 'dashboards', name), 'utf8'))
    return panels.flatMap(({ title, targets }: { title: string; targets: { expr: string }[] }) =>
      targets.map(({ expr }) => ({ panel: `${name}: ${title}`, expr })),
    )
  })
}

/** The commands of a runbook: its blocks of `sh`. */
export const runbookCommands = (runbook: string): string[] =>
  [...read(runbook).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => String(block))

/** The metrics that docs/metrics.md lists, with their labels. */
export function documentedMetrics(): Map<string, readonly string[]> {
  const rows = read('docs/metrics.md').matchAll(/^\| `(\w+)` +\| ([^|]*)\|/gm)
  return new Map(
    [...rows].map(([, name, labels]) => [
      String(name),
      [...String(labels).matchAll(/`(\w+)`/g)].map(([, label]) => String(label)),
    ]),
  )
}
