import { bundleIn } from '@saucery/local/system/bundle'
import { anyPorts } from '@saucery/local/system/service-ports'
import { startSystem } from '@saucery/local/system/system'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'

export type RunningSystem = Awaited<ReturnType<typeof runningSystem>>

/**
 * The whole system in a folder that goes with it, with these settings beside the environment's.
 * @param onLine called with each line of the services' logs
 */
export async function runningSystem(settings: NodeJS.ProcessEnv = {}, onLine?: (line: string) => void) {
  const folder = await tempFolder()
  /** What the services said at level error or in no level at all, and how often. */
  const errors = new Map<string, number>()
  const system = await startSystem({
    dataDir: folder,
    ports: anyPorts,
    ...(process.env.TEST_SERVICES && { bundle: bundleIn(process.env.TEST_SERVICES) }),
    env: { ...process.env, LOG_LEVEL: 'warn', ...settings },
    print: () => {},
    onLine(service, line) {
      onLine?.(line)
      const error = errorIn(line)
      if (error) errors.set(`${service}: ${error}`, (errors.get(`${service}: ${error}`) ?? 0) + 1)
    },
  }).catch(async (error) => {
    await removeTempFolder(folder)
    throw error
  })
  return {
    ...system,
    dataDir: folder,
    errors,
    async [Symbol.asyncDispose]() {
      await system.kill()
      await removeTempFolder(folder)
    },
  }
}

const warning = 40

function errorIn(line: string): string | undefined {
  try {
    const { level, msg, error } = JSON.parse(line)
    return level > warning ? `${msg} (${error?.message})` : undefined
  } catch {
    return line
  }
}
