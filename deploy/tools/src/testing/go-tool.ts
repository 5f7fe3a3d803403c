import { root } from '@saucery/servers/install/folders'
import { buildWithGo } from '@saucery/servers/install/go'
import { runOrFail } from '@saucery/servers/process/run'

/**
 * A program that Go builds at a pinned version; kept with the other tools.
 * @throws without Go
 */
export async function goTool(name: string, module: string, version: string): Promise<string> {
  const program = {
    folder: `${name}-${version}`,
    file: name,
    module: `${module}@${version}`,
    what: `${name} ${version}`,
  }
  const built = await buildWithGo(program)
  if (!built) throw new Error(`${name} is not installed, and building it needs Go`)
  return built
}

/**
 * The folder of a Go module in Go's cache.
 * @throws without Go
 */
export async function goModule(module: string, version: string): Promise<string> {
  const args = ['mod', 'download', '-json', `${module}@${version}`]
  return JSON.parse(await runOrFail('go', args, { cwd: root, env: { ...process.env, GOFLAGS: '' } })).Dir
}
