import { parseArgs } from 'node:util'
import { asyncApiDocument } from '../documents/asyncapi.ts'
import { NoBase } from './git.ts'
import { readContracts } from './published-contracts.ts'
import { findReleased } from './released.ts'
import { compatibilityReport } from './report.ts'

const usage = `Usage: npx pnpm@12 contracts:check [base]

Compares the contracts with released ones, and fails when a message that was published, or a replica of the release,
would not be understood: a version was changed in place, an event was removed, a subject has changed. Added events,
versions and optional fields pass.

base is a commit, compared by its merge base with HEAD, or a folder with released AsyncAPI documents (*.json).
Without it: the merge base with origin/main or main; on main itself the parent of HEAD.

Exit codes: 0 nothing breaks, 1 something does, 2 there is nothing to compare with.
`

function fail(error: unknown, help = ''): never {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${help}`)
  process.exit(2)
}

/** The base, if one is given. Without an earlier commit GitHub gives an empty one, or zeros. */
function readBase(): string | undefined {
  try {
    const args = process.argv.slice(2).filter((arg) => arg !== '--')
    const options = { help: { type: 'boolean', short: 'h' } } as const
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    if (positionals.length > 1) throw new Error(`one base, not ${positionals.length}`)
    if (!values.help) return /^0*$/.test(positionals[0] ?? '') ? undefined : positionals[0]
  } catch (error) {
    fail(error, `\n${usage}`)
  }
  process.stdout.write(usage)
  process.exit(0)
}

const base = readBase()
try {
  const current = readContracts(JSON.parse(JSON.stringify(asyncApiDocument())))
  const { text, isBroken } = compatibilityReport(findReleased(process.cwd(), base), current)
  process.stdout.write(text)
  process.exitCode = isBroken ? 1 : 0
} catch (error) {
  if (!(error instanceof NoBase)) throw error
  fail(error)
}
