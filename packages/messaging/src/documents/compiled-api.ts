import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { apiReport } from './api-report.ts'

const folder = fileURLToPath(new URL('../..', import.meta.url))

interface PublishedManifest {
  readonly version: string
  readonly publishConfig: { readonly exports: Readonly<Record<string, { readonly types: string }>> }
}

/** The report that is checked in. */
export const reportFile = join(folder, 'api/report.txt')

export const manifest = (): PublishedManifest =>
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
    const publicModules = Object.values(manifest().publishConfig.exports).map(({ types }) =>
      types.replace(/^\.\/dist\/(.*)\.d\.ts$/, '$1'),
    )
    return apiReport(new Map(files), publicModules)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
