import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { changelog, manifest, reportFile } from './compiled-api.ts'
import { semverFindings } from './semver-gate.ts'

const usage = `Usage: npx pnpm@12 release:check

Says whether the version of @saucery/messaging may follow the one that was released last, by its tag: whether the
changes of its API ask for a higher one, and whether the changelog has it. RELEASE_TAG is the tag to be released now.
`

readArguments()
const git = (args: string[]) => execFileSync('git', args, { encoding: 'utf8' })

const path = 'packages/messaging/api/report.txt'
const tag = process.env.RELEASE_TAG || undefined
const listed = git(['tag', '--list', 'messaging-v*', '--sort=-version:refname', '--merged', 'HEAD'])
const lastTag = listed.split('\n').find((name) => name !== '' && name !== tag)
const last = lastTag && {
  version: lastTag.replace('messaging-v', ''),
  report: git(['show', `${lastTag}:${path}`]),
}
const { version } = manifest()
const next = { version, report: readFileSync(reportFile, 'utf8'), changelog: changelog(), tag }
const findings = semverFindings(last || undefined, next)
for (const finding of findings) process.stderr.write(`${finding}\n`)
if (findings.length === 0) process.stdout.write(`${version} may follow ${last ? last.version : 'nothing'}\n`)
process.exitCode = findings.length === 0 ? 0 : 1

function readArguments(): void {
  try {
    const args = process.argv.slice(2).filter((arg) => arg !== '--')
    const { values } = parseArgs({ args, options: { help: { type: 'boolean', short: 'h' } } })
    if (!values.help) return
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
  process.stdout.write(usage)
  process.exit(0)
}
