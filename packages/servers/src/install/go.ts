import { join } from 'node:path'
import { isExecutable, onPath } from '../process/programs.ts'
import { runOrFail } from '../process/run.ts'
import { type FindOptions, withDefaults } from './found.ts'
import { installOnce } from './wheels.ts'

/** The folder below the tools folder, the file in it, the module with its version as `go install` takes it, a title. */
type GoProgram = Record<'folder' | 'file' | 'module' | 'what', string>

/** Builds the program once and keeps it with the other tools; undefined when it is not built and Go is missing. */
export async function buildWithGo(
  { folder, file, module, what }: GoProgram,
  options: FindOptions = {},
): Promise<string | undefined> {
  const { tools, print, env } = withDefaults(options)
  const built = join(tools, folder, file)
  if (isExecutable(built)) return built
  const [go] = onPath('go', env)
  if (!go) return undefined
  print(`Building ${what} with Go …`)
  await installOnce(join(tools, folder), (unfinished) =>
    runOrFail(go, ['install', module], { env: { ...env, GOBIN: unfinished, GOFLAGS: '' } }),
  )
  return built
}
