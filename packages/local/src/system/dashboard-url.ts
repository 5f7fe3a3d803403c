import { join, resolve } from 'node:path'
import { dataFolder } from '@saucery/servers/install/folders'
import { withDatabase } from '@saucery/servers/mongodb/url'
import { commandOf, rememberedPid } from '@saucery/servers/process/pid-file'

/**
 * Where the dashboard's documents are, of the system that runs on this data folder.
 * @throws when none runs, or when its MongoDB is one that the environment named
 */
export async function dashboardUrl(
  dataDir = resolve(process.env.SAUCERY_DATA || dataFolder),
): Promise<string> {
  const folder = join(dataDir, 'mongodb')
  const pid = await rememberedPid(folder)
  const command = pid > 1 ? await commandOf(pid) : ''
  // The number may belong to somebody else by now.
  const port = command.includes(folder) ? /--port[ =](\d+)/.exec(command)?.[1] : undefined
  if (port === undefined)
    throw new Error(`No MongoDB runs on ${folder}: start the system, or set MONGODB_URL to the one it uses`)
  return withDatabase(`mongodb://127.0.0.1:${port}/?directConnection=true`, 'dashboard')
}
