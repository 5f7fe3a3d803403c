import { join } from 'node:path'
import { projectionVersion } from '@saucery/contracts/projection-durables'
import { digestOf } from '@saucery/dashboard/store/digest'
import { collectionOf } from '@saucery/dashboard/store/projection-registry'
import { withDatabase } from '@saucery/servers/mongodb/url'
import { findServerOf } from '@saucery/servers/process/pid-file'
import { MongoClient } from 'mongodb'
import { dataDir, exitWith, readCommandLine } from './command-line.ts'

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
  const url = process.env.MONGODB_URL || (await dashboardUrl())
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000 })
  const name = collectionOf(version)
  const { documents, digest } = await digestOf(client.db().collection(name)).finally(() => client.close())
  const lines = Object.entries({ version, collection: name, documents, digest })
  process.stdout.write(lines.map(([label, value]) => `${label.padEnd(12)}${value}\n`).join(''))
} catch (error) {
  // The driver's messages name hosts, never credentials.
  exitWith(error)
}

/**
 * The database of the dashboard's documents, of the system that runs on this data folder.
 * @throws when none runs, or when the environment named its MongoDB
 */
async function dashboardUrl(): Promise<string> {
  const folder = join(dataDir, 'mongodb')
  const { command = '' } = (await findServerOf(folder)) ?? {}
  const port = /--port[ =](\d+)/.exec(command)?.[1]
  if (port === undefined)
    throw new Error(`No MongoDB runs on ${folder}: start the system, or set MONGODB_URL to the one it uses`)
  return withDatabase(`mongodb://127.0.0.1:${port}/?directConnection=true`, 'dashboard')
}
