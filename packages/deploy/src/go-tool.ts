import { join } from 'node:path'
import { runOrFail } from '@saucery/local/command'
import { toolsFolder } from '@saucery/local/folders'
import { isExecutable, onPath } from '@saucery/local/programs'
import { installOnce } from '@saucery/local/wheels'

/**
 * A program that Go builds, at a pinned version, kept with the other tools.
 * @throws without Go
 */
export async function goTool(name: string, module: string, version: string): Promise<string> {
  const folder = join(toolsFolder, `${name}-${version}`)
  const built = join(folder, name)
  if (isExecutable(built)) return built
  const [go] = onPath('go', process.env)
  if (!go) throw new Error(`${name} is not here, and without Go it cannot be built`)
  await installOnce(folder, async (unfinished) => {
    const env = { ...process.env, GOBIN: unfinished, GOFLAGS: '' }
    await runOrFail(go, ['install', `${module}@${version}`], { env })
  })
  return built
}
