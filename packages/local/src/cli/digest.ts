import { projectionVersion } from '@saucery/contracts/projection-durables'
import { exitWith, readCommandLine } from './command-line.ts'
import { readDigest } from './read-digest.ts'

const usage = `Usage: npx pnpm@12 -s digest [--version N]

Prints the SHA-256 over all documents of the read model, in order of their ids: two builds from the same streams have
the same digest. Reads the system that was started on this machine, or the database in MONGODB_URL (with its name in
the path).

  --version N   the version of the documents (${projectionVersion})
  --help
`

const options = { version: { type: 'string', default: String(projectionVersion) } } as const
const version = readCommandLine(usage, options, ({ version: text = '' }) => {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new Error(`--version is not a whole number above 0: ${text}`)
})
try {
  const lines = Object.entries(await readDigest(version))
  process.stdout.write(lines.map(([label, value]) => `${label.padEnd(12)}${value}\n`).join(''))
} catch (error) {
  exitWith(error)
}
