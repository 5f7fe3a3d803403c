import type { DrillRequest } from '@saucery/client/schemas'
import { consumingServices } from '@saucery/contracts/choreography'
import type { Argv } from 'yargs'
import { listDrills, mixOf, secondsOf, startDrill, stopDrill } from './drills.ts'
import { onSystem } from './on-system.ts'

const forOption = { string: true, default: '30s', describe: 'how long, 10 min at most: 30s, 2m' } as const

const percentOption = {
  number: true,
  default: 100,
  describe: 'of how many it happens to, in percent',
} as const

/** `ops load`. */
export function loadOptions<T>(argv: Argv<T>) {
  return argv
    .option('rate', { number: true, default: 5, describe: 'orders a second, 1 to 500' })
    .option('for', forOption)
    .option('mix', { string: true, describe: 'shares of the ways that orders go: delivered=8,failed=1' })
}

/** `ops faults` with its subcommands. */
export function faultCommands<T>(argv: Argv<T>): Argv<T> {
  const fault = (kind: 'payment-declines' | 'payment-away' | 'deliveries-fail', describe: string) =>
    argv.command(
      kind,
      describe,
      (argv) => argv.option('percent', percentOption).option('for', forOption),
      onSystem((connection, { percent, for: time }) =>
        startDrill(connection, { kind, percent, forSeconds: secondsOf(time) }),
      ),
    )
  fault('payment-declines', 'the payment provider declines')
  fault('payment-away', 'the payment provider does not answer')
  fault('deliveries-fail', 'deliveries do not arrive')
  argv
    .command(
      'payment-slow',
      'the payment provider takes longer',
      (argv) =>
        argv.option('delay', { number: true, default: 2000, describe: 'in ms' }).option('for', forOption),
      onSystem((connection, { delay, for: time }) =>
        startDrill(connection, { kind: 'payment-slow', delayMs: delay, forSeconds: secondsOf(time) }),
      ),
    )
    .command(
      'handler-throws <service>',
      'the handler of a service fails for every n-th event',
      (argv) =>
        argv
          .positional('service', { choices: consumingServices, demandOption: true })
          .option('every', { number: true, default: 3, describe: 'which: every third one' })
          .option('for', forOption),
      onSystem((connection, { service, every, for: time }) =>
        startDrill(connection, { kind: 'handler-throws', service, every, forSeconds: secondsOf(time) }),
      ),
    )
    .command(
      'freeze <server>',
      'a server answers nothing; only under `start`',
      (argv) =>
        argv
          .positional('server', { choices: ['nats', 'postgres', 'mongodb'] as const, demandOption: true })
          .option('for', forOption),
      onSystem((connection, { server, for: time }) =>
        startDrill(connection, { kind: 'frozen', server, forSeconds: secondsOf(time) }),
      ),
    )
    .command('list', 'the faults and the load that are under way', (argv) => argv, onSystem(listDrills))
    .command(
      'end <id>',
      'end one now',
      (argv) =>
        argv.positional('id', { type: 'string', demandOption: true, describe: 'as `list` prints it' }),
      onSystem((connection, { id }) => stopDrill(connection, id)),
    )
    .demandCommand(1, 'Name a fault')
  return argv
}

/** Begins the load. */
export const loadOf = (given: {
  readonly rate: number
  readonly for: string
  readonly mix?: string | undefined
}): DrillRequest => ({
  kind: 'load',
  perSecond: given.rate,
  forSeconds: secondsOf(given.for),
  ...(given.mix !== undefined && { mix: mixOf(given.mix) }),
})
