import type { FindOptions } from '../install/found.ts'
import { buildWithGo } from '../install/go.ts'
import { onPath } from '../process/programs.ts'

const version = '0.5.1'

const program = {
  folder: `nats-cli-${version}`,
  file: 'nats',
  module: `github.com/nats-io/natscli/nats@v${version}`,
  what: `the nats command line ${version}`,
}

/** The nats command line: on the PATH, else built with Go; undefined without either. */
export async function findNatsCli(options: FindOptions = {}): Promise<string | undefined> {
  const [onThePath] = onPath('nats', options.env ?? process.env)
  return onThePath ?? buildWithGo(program, options)
}
