import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { changelog, manifest, reportFile } from './compiled-api.ts'
import { semverFindings } from './semver-gate.ts'

// Compares the version with the last one that was released, by its tag: `RELEASE_TAG` is the one to be released now.
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
