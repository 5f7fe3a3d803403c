import { join } from 'node:path'
import type { Where } from './choice.ts'
import { runOrFail } from './command.ts'
import { isExecutable, onPath } from './programs.ts'
import { installOnce } from './wheels.ts'

const version = '0.5.1'

/** The nats command line: on the PATH, else built by Go; undefined without either. */
export async function findNatsCli({ tools, say, env = process.env }: Where): Promise<string | undefined> {
  const [there] = onPath('nats', env)
  if (there) return there
  const folder = join(tools, `nats-cli-${version}`)
  const built = join(folder, 'nats')
  if (isExecutable(built)) return built
  const [go] = onPath('go', env)
  if (!go) return undefined
  say(`Building the nats command line ${version} with Go …`)
  await installOnce(folder, async (unfinished) => {
    const how = { ...env, GOBIN: unfinished, GOFLAGS: '' }
    await runOrFail(go, ['install', `github.com/nats-io/natscli/nats@v${version}`], { env: how })
  })
  return built
}
