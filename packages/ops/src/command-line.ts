import { readFileSync } from 'node:fs'
import yargs from 'yargs'
import { deadLetterCommands } from './commands/dead-letters.ts'
import { doctor } from './commands/doctor.ts'
import { faultCommands, loadOf, loadOptions } from './commands/drill-commands.ts'
import { startDrill } from './commands/drills.ts'
import { digest, replay } from './commands/here.ts'
import { onSystem } from './commands/on-system.ts'
import { showOrder } from './commands/order.ts'
import { compareState, rebuild, showActions } from './commands/repair.ts'
import { serviceOption } from './commands/services.ts'
import { showStatus } from './commands/status.ts'
import { exitCodes } from './connect/exit-codes.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

const codes = Object.entries(exitCodes).map(([meaning, code]) => `  ${code}  ${meaning}`)

/** The command with its subcommands. `stopped` is aborted by Ctrl-C. */
export function commandLine(args: readonly string[], stopped: AbortSignal) {
  return yargs(args.filter((arg) => arg !== '--'))
    .scriptName('ops')
    .usage('Usage: npx pnpm@12 -s ops <command>\n\nLooks at a running system, and acts on it, over HTTP.')
    .option('url', { string: true, describe: 'the gateway; without it the system started here' })
    .option('token-file', { string: true, describe: 'a file with a token; or put one into SAUCERY_TOKEN' })
    .option('json', { boolean: true, default: false, describe: 'print JSON, one value a line' })
    .command(
      'status',
      'the state of every service: lag, outbox, dead letters, overdue orders',
      (argv) => argv.option('watch', { boolean: true, default: false, describe: 'print it again every 2 s' }),
      onSystem((connection, { watch }) => showStatus(connection, watch, stopped)),
    )
    .command(
      'order <id>',
      'the story of an order: events, what it waits for, what fails, what can still happen',
      (argv) => argv.positional('id', { type: 'string', demandOption: true, describe: 'the order’s id' }),
      onSystem((connection, { id }) => showOrder(connection, id)),
    )
    .command('dead-letters', 'messages that a service could not handle', (argv) =>
      deadLetterCommands(argv, stopped),
    )
    .command(
      'reconcile',
      'have services compare their state with the streams',
      (argv) => serviceOption(argv),
      onSystem(compareState),
    )
    .command(
      'rebuild',
      'have the dashboard read every event again',
      (argv) => argv,
      onSystem((connection) => rebuild(connection, stopped)),
    )
    .command(
      'actions',
      'what operators did, the newest first',
      (argv) => serviceOption(argv).option('order', { string: true, describe: 'only to this order' }),
      onSystem(showActions),
    )
    .command(
      'digest',
      'the SHA-256 of the read model of the system started here, or of MONGODB_URL',
      (argv) => argv,
      onSystem(digest),
    )
    .command(
      'replay',
      'delete the dashboard’s consumers at NATS_URL, so that it reads all streams again, as `rebuild` does over HTTP',
      (argv) => argv,
      onSystem(replay),
    )
    .command(
      'load',
      'place orders, for a time; off in production',
      (argv) => loadOptions(argv),
      onSystem((connection, given) => startDrill(connection, loadOf(given))),
    )
    .command('faults', 'make faults, for a time; off in production', (argv) => faultCommands(argv))
    .command(
      'doctor',
      'what is wrong with this installation, and what to do',
      (argv) => argv,
      onSystem(doctor),
    )
    .completion('completion', 'print a script that completes commands, for bash or zsh')
    .demandCommand(1, 'Name a command')
    .strict()
    .recommendCommands()
    .version(version)
    .help()
    .alias('help', 'h')
    .epilogue(`Exit codes:\n${codes.join('\n')}`)
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error, argv) => {
      if (error) throw error
      process.stderr.write(`${message}\n\n`)
      argv.showHelp('error')
      process.exit(exitCodes['the command line is wrong'])
    })
}
