import { join } from 'node:path'
import { runOrFail } from '../process/command.ts'
import { isExecutable, onPath } from '../process/programs.ts'
import type { Where } from './choice.ts'
import { installOnce } from './wheels.ts'

export interface GoProgram {
  /** The folder among the tools; names the version. */
  readonly folder: string
  /** What Go calls the program: the last part of its path. */
  readonly file: string
  /** With its version, as `go install` takes it. */
  readonly module: string
  /** For messages. */
  readonly what: string
}

/** A program that Go builds once, kept with the other tools; undefined when it is not there and neither is Go. */
export async function builtByGo(
  { folder, file, module, what }: GoProgram,
  { tools, say, env = process.env }: Where,
): Promise<string | undefined> {
  const built = join(tools, folder, file)
  if (isExecutable(built)) return built
  const [go] = onPath('go', env)
  if (!go) return undefined
  say(`Building ${what} with Go …`)
  await installOnce(join(tools, folder), async (unfinished) => {
    await runOrFail(go, ['install', module], { env: { ...env, GOBIN: unfinished, GOFLAGS: '' } })
  })
  return built
}
