import { join } from 'node:path'
import { projectionVersion } from '@saucery/contracts/projection-durables'
import { digestOf } from '@saucery/dashboard/store/digest'
import { collectionOf } from '@saucery/dashboard/store/projection-registry'
import { withDatabase } from '@saucery/servers/mongodb/url'
import { findServerOf } from '@saucery/servers/process/pid-file'
import { MongoClient } from 'mongodb'
import { dataDir } from './command-line.ts'

/**
 * The SHA-256 over all documents of the read model: of the database in MONGODB_URL, or of the system that runs on the
 * data folder. The driver's errors name hosts, never credentials.
 */
export async function readDigest(version = projectionVersion) {
  const url = process.env.MONGODB_URL || (await dashboardUrl())
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000 })
  const collection = collectionOf(version)
  const found = await digestOf(client.db().collection(collection)).finally(() => client.close())
  return { version, collection, ...found }
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
