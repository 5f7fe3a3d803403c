import { builtByGo } from '../install/built-by-go.ts'
import type { Where } from '../install/choice.ts'
import { onPath } from '../process/programs.ts'

const version = '0.5.1'

const program = {
  folder: `nats-cli-${version}`,
  file: 'nats',
  module: `github.com/nats-io/natscli/nats@v${version}`,
  what: `the nats command line ${version}`,
}

/** The nats command line: on the PATH, else built by Go; undefined without either. */
export async function findNatsCli(where: Where): Promise<string | undefined> {
  const [there] = onPath('nats', where.env ?? process.env)
  return there ?? builtByGo(program, where)
}
