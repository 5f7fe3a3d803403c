import { parseArgs } from 'node:util'
import { projectionVersion } from '@saucery/contracts/projection-durables'
import { digestOf } from '@saucery/dashboard/store/digest'
import { collectionOf } from '@saucery/dashboard/store/projection-registry'
import { MongoClient } from 'mongodb'
import { dashboardUrl } from '../system/dashboard-url.ts'

const usage = `Usage: npx pnpm@12 -s digest [--version N]

Prints the SHA-256 over all documents of the read model, in order of their ids: two builds from the same streams have
the same digest. Reads the system that was started on this machine, or the database in MONGODB_URL (with its name in
the path).

  --version N   the version of the documents (${projectionVersion})
  --help
`

function fail(error: unknown, code: number, help = ''): never {
  // The driver's messages name hosts, never credentials.
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${help}`)
  process.exit(code)
}

let version = 0
try {
  const args = process.argv.slice(2).filter((arg) => arg !== '--')
  const options = { version: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
  const { values } = parseArgs({ args, options })
  if (values.help) {
    process.stdout.write(usage)
    process.exit(0)
  }
  const { version: text = String(projectionVersion) } = values
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`--version is not a whole number above 0: ${text}`)
  version = Number(text)
} catch (error) {
  fail(error, 2, `\n${usage}`)
}
try {
  const url = process.env.MONGODB_URL || (await dashboardUrl())
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000 })
  const name = collectionOf(version)
  const { documents, digest } = await digestOf(client.db().collection(name)).finally(() => client.close())
  const lines = Object.entries({ version, collection: name, documents, digest })
  process.stdout.write(lines.map(([label, value]) => `${label.padEnd(12)}${value}\n`).join(''))
} catch (error) {
  fail(error, 1)
}
