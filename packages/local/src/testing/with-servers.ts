import { join } from 'node:path'
import { startMongodb } from '@saucery/servers/mongodb/start-mongodb'
import { startPostgres } from '@saucery/servers/postgres/start-postgres'
import type { Print } from '@saucery/servers/process/child'
import { removeTempFolder, sweepTempFolders, tempFolder } from '@saucery/servers/process/temp'

interface TestServers {
  /** Removed at the end. */
  readonly folder: string
  /** Where tests look for the shared servers. */
  readonly env: NodeJS.ProcessEnv
  /** The name and version of the document store. */
  readonly mongodb: string
}

/** Runs it beside a Postgres and a MongoDB that the tests share, and stops both at the end. */
export async function withTestServers<T>(
  print: Print,
  run: (servers: TestServers) => Promise<T>,
): Promise<T> {
  await sweepTempFolders(print)
  const folder = await tempFolder()
  const starting = [
    startPostgres({ dataDir: join(folder, 'postgres'), print }),
    startMongodb({ dataDir: join(folder, 'mongodb'), print }),
  ] as const
  try {
    const [postgres, mongodb] = await Promise.all(starting)
    const env = { TEST_POSTGRES_URL: postgres.url, TEST_MONGODB_URL: mongodb.url }
    return await run({ folder, env, mongodb: mongodb.what })
  } finally {
    for (const start of await Promise.allSettled(starting))
      if (start.status === 'fulfilled') await start.value.stop()
    await removeTempFolder(folder)
  }
}
