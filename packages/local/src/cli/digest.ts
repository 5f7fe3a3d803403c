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

function fail(error: unknown, exitCode: number, help = ''): never {
  // The driver's messages name hosts, never credentials.
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${help}`)
  process.exit(exitCode)
}

function versionFromArgs(): number {
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

async function printDigest(version: number): Promise<void> {
  const url = process.env.MONGODB_URL || (await dashboardUrl())
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000 })
  const collection = collectionOf(version)
  const { documents, digest } = await digestOf(client.db().collection(collection)).finally(() =>
    client.close(),
  )
  process.stdout.write(
    `version     ${version}\ncollection  ${collection}\ndocuments   ${documents}\ndigest      ${digest}\n`,
  )
}

let version: number
try {
  version = versionFromArgs()
} catch (error) {
  fail(error, 2, `\n${usage}`)
}
await printDigest(version).catch((error) => fail(error, 1))
