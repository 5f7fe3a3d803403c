import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, resolve } from 'node:path'
import { dataFolder } from '@saucery/servers/install/folders'
import { findNatsCli } from '@saucery/servers/nats/find-nats-cli'
import { operatorContext } from '../access/operator.ts'

const { argv, env, stderr, stdout } = process

const usage = `Usage: npx pnpm@12 nats <arguments of the nats command line>
       eval "$(npx pnpm@12 -s nats --env)"

Runs the nats command line as the operator of the system that was started here; with --env, prints what a
shell needs so that plain \`nats\` does the same. The password stays in the file that NATS_CONTEXT names.
`

/** Those of another context, which would outrank the file. */
const others = ['NATS_URL', 'NATS_USER', 'NATS_PASSWORD', 'NATS_TOKEN', 'NATS_CREDS', 'NATS_NKEY']

const fail = (text: string): never => {
  stderr.write(`${text}\n`)
  process.exit(1)
}

const args = argv.slice(2)
if (args.length === 0) {
  stderr.write(usage)
  process.exit(2)
}
const context = operatorContext(resolve(env.SAUCERY_DATA || dataFolder))
if (!existsSync(context)) fail(`There is no ${context}: start the system first, with npx pnpm@12 start`)
const program =
  (await findNatsCli({ print: (line) => stderr.write(`${line}\n`) })) ??
  fail(
    'Neither nats nor Go is on the PATH. Install either; with Go this builds nats by itself, or: ' +
      'go install github.com/nats-io/natscli/nats@v0.5.1',
  )

if (args[0] === '--env') stdout.write(forShell())
else run()

function forShell(): string {
  const folder = dirname(program)
  const path = env.PATH?.split(delimiter).includes(folder) ? '' : `export PATH=${quoted(folder)}:"$PATH"\n`
  return `unset ${others.join(' ')}\nexport NATS_CONTEXT=${quoted(context)}\n${path}`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function run(): void {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !others.includes(name)))
  const child = spawn(program, args, { stdio: 'inherit', env: { ...own, NATS_CONTEXT: context } })
  // A terminal sends its Ctrl-C to the child itself; it decides when it has had enough.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', (error) => fail(error.message))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)))
}
