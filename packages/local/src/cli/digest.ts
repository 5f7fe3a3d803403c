import { parseArgs } from 'node:util'
import { projectionVersion } from '@saucery/contracts/projection-durables'
import { digestOf } from '@saucery/dashboard/store/digest'
import { collectionOf } from '@saucery/dashboard/store/projection-registry'
import { MongoClient } from 'mongodb'
import { dashboardUrl } from '../system/dashboard-url.ts'

const usage = `Usage: npx pnpm@12 -s digest [--version N]

Prints the SHA-256 of every byte of the read model's documents, in order of their ids: two builds from the same
streams have the same. Reads the system that was started here; MONGODB_URL in the environment (with the database in
its path) names another.

  --version N   which version of the documents (${projectionVersion})
  --help
`

function versionWanted(): number {
  const args = process.argv.slice(2).filter((arg) => arg !== '--')
  const options = { version: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
  const { version = String(projectionVersion), help } = parseArgs({ args, options }).values
  if (help) {
    process.stdout.write(usage)
    process.exit(0)
  }
  if (!/^[1-9]\d{0,5}$/.test(version)) throw new Error(`--version is not a whole number above 0: ${version}`)
  return Number(version)
}

function orUsage<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}

const version = orUsage(versionWanted)
try {
  const client = new MongoClient(process.env.MONGODB_URL || (await dashboardUrl()), {
    serverSelectionTimeoutMS: 5000,
  })
  const collection = collectionOf(version)
  const { documents, digest } = await digestOf(client.db().collection(collection)).finally(() =>
    client.close(),
  )
  process.stdout.write(
    `version     ${version}\ncollection  ${collection}\ndocuments   ${documents}\ndigest      ${digest}\n`,
  )
} catch (error) {
  // The driver's messages name hosts, never credentials.
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
