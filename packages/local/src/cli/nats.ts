import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname } from 'node:path'
import { findNatsCli } from '@saucery/servers/nats/find-nats-cli'
import { operatorContext } from '../access/nats-users.ts'
import { dataDir, exitWith } from './command-line.ts'

const { argv, env, stderr, stdout } = process

const usage = `Usage: npx pnpm@12 nats <arguments of the nats command line>
       eval "$(npx pnpm@12 -s nats --env)"

Runs the nats command line as the operator of the system that was started here. With --env it prints settings
for a shell, in which plain \`nats\` then does the same. The password stays in the file that NATS_CONTEXT names.
The help of the command line itself: npx pnpm@12 nats help
`

/** Settings of another context: they would outrank the file. */
const outranking = ['NATS_URL', 'NATS_USER', 'NATS_PASSWORD', 'NATS_TOKEN', 'NATS_CREDS', 'NATS_NKEY']

const args = argv.slice(2)
if (args.length === 0) exitWith(usage.trimEnd(), 2)
if (args[0] === '--help' || args[0] === '-h') {
  stdout.write(usage)
  process.exit(0)
}
const context = operatorContext(dataDir)
if (!existsSync(context)) exitWith(`There is no ${context}: start the system first, with npx pnpm@12 start`)
const program =
  (await findNatsCli({ print: (line) => stderr.write(`${line}\n`) })) ??
  exitWith(
    'Neither nats nor Go is on the PATH. Install either; with Go, nats is built here. Or: ' +
      'go install github.com/nats-io/natscli/nats@v0.5.1',
  )

if (args[0] === '--env') stdout.write(forShell())
else run()

function forShell(): string {
  const folder = dirname(program)
  const path = env.PATH?.split(delimiter).includes(folder) ? '' : `export PATH=${quoted(folder)}:"$PATH"\n`
  return `unset ${outranking.join(' ')}\nexport NATS_CONTEXT=${quoted(context)}\n${path}`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function run(): void {
  const others = Object.fromEntries(Object.entries(env).filter(([name]) => !outranking.includes(name)))
  const child = spawn(program, args, { stdio: 'inherit', env: { ...others, NATS_CONTEXT: context } })
  // The terminal sends Ctrl-C to the child too, and the child decides when it ends.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', exitWith)
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)))
}
