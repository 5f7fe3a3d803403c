import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { apiReport } from './api-report.ts'

const folder = fileURLToPath(new URL('../..', import.meta.url))

/** The report that is checked in. */
export const reportFile = join(folder, 'api/report.txt')

export const manifest = (): { version: string; publishConfig: { exports: Record<string, unknown> } } =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

export const changelog = (): string => readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')

/** The report of the sources as they are. */
export function currentReport(): string {
  const out = mkdtempSync(join(tmpdir(), 'messaging-api-'))
  try {
    const maps = ['--sourceMap', 'false', '--inlineSources', 'false']
    const project = join(folder, 'tsconfig.publish.json')
    const options = ['-p', project, '--emitDeclarationOnly', '--removeComments', ...maps, '--outDir', out]
    execFileSync(join(folder, '../../node_modules/.bin', 'tsc'), options)
    const names = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.d.ts'),
    )
    const files = names.map(
      (name) =>
        [name.replaceAll('\\', '/').replace(/\.d\.ts$/, ''), readFileSync(join(out, name), 'utf8')] as const,
    )
    const publicModules = Object.keys(manifest().publishConfig.exports).map((path) => path.slice(2))
    return apiReport(new Map(files), publicModules)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
