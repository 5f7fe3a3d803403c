import { join, resolve } from 'node:path'
import { dataFolder } from '@saucery/servers/install/folders'
import { withDatabase } from '@saucery/servers/mongodb/url'
import { findServerOf } from '@saucery/servers/process/pid-file'

/**
 * The database of the dashboard's documents, of the system that runs on this data folder.
 * @throws when none runs, or when the environment named its MongoDB
 */
export async function dashboardUrl(
  dataDir = resolve(process.env.SAUCERY_DATA || dataFolder),
): Promise<string> {
  const folder = join(dataDir, 'mongodb')
  const { command = '' } = (await findServerOf(folder)) ?? {}
  const port = /--port[ =](\d+)/.exec(command)?.[1]
  if (port === undefined)
    throw new Error(`No MongoDB runs on ${folder}: start the system, or set MONGODB_URL to the one it uses`)
  return withDatabase(`mongodb://127.0.0.1:${port}/?directConnection=true`, 'dashboard')
}
