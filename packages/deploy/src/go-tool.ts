import { builtByGo } from '@saucery/local/built-by-go'
import { toolsFolder } from '@saucery/local/folders'

/**
 * A program that Go builds, at a pinned version, kept with the other tools.
 * @throws without Go
 */
export async function goTool(name: string, module: string, version: string): Promise<string> {
  const program = {
    folder: `${name}-${version}`,
    file: name,
    module: `${module}@${version}`,
    what: `${name} ${version}`,
  }
  const built = await builtByGo(program, { tools: toolsFolder, say: () => {} })
  if (!built) throw new Error(`${name} is not here, and without Go it cannot be built`)
  return built
}
