import { consumingServices, type Service } from '@saucery/contracts/choreography'
import type { Argv } from 'yargs'
import { UsageError } from '../connect/exit-codes.ts'
import { filterFrom, filterOptions, type GivenFilter } from './filter.ts'
import { listGroups, listLetters, showLetter } from './letters.ts'
import { onSystem } from './on-system.ts'
import { serviceOption } from './services.ts'
import { type LetterChange, settleMany, settleOne, showJob } from './settle-letters.ts'

const oneService = <T>(argv: Argv<T>) =>
  argv.positional('service', {
    choices: consumingServices,
    demandOption: true,
    describe: 'the service that could not handle it',
  })

const settleOptions = <T>(argv: Argv<T>) =>
  filterOptions(oneService(argv))
    .positional('letter', {
      type: 'string',
      describe: 'a letter’s number, or its id; without it the filter chooses',
    })
    .option('all', { boolean: true, default: false, describe: 'all open letters of the service' })
    .option('per-second', { number: true, default: 50, describe: 'letters a second at most, up to 500' })
    .option('dry-run', { boolean: true, default: false, describe: 'only count' })
    .option('yes', { boolean: true, default: false, alias: 'y', describe: 'do not ask' })

const discardOptions = <T>(argv: Argv<T>) =>
  settleOptions(argv).option('why', {
    string: true,
    demandOption: true,
    describe: 'the reason, which is kept',
  })

interface Settle extends GivenFilter {
  readonly service: Service
  readonly letter?: string | undefined
  readonly all: boolean
  readonly perSecond: number
  readonly dryRun: boolean
  readonly yes: boolean
  readonly why?: string | undefined
}

/** `ops dead-letters` with its subcommands. */
export function deadLetterCommands<T>(argv: Argv<T>, stopped: AbortSignal): Argv<T> {
  const settle = (settlingOf: (why: string | undefined) => LetterChange) =>
    onSystem(async (connection, given: Settle) => {
      const { service, letter, all, perSecond, dryRun, yes } = given
      const settling = settlingOf(given.why)
      if (letter !== undefined) return settleOne(connection, service, letter, settling)
      const filter = filterFrom(given)
      if (Object.keys(filter).length === 0 && !all)
        throw new UsageError(
          'Name a letter, choose some with --event, --reason, --error, --order, --from or --to, or give --all',
        )
      return settleMany(connection, { service, filter, settling, perSecond, dryRun, yes }, stopped)
    })
  argv
    .command(
      'list',
      'the letters, the newest first',
      (argv) =>
        filterOptions(serviceOption(argv))
          .option('state', {
            choices: ['open', 'handled', 'discarded'] as const,
            describe: 'all states without it',
          })
          .option('limit', { number: true, default: 50, describe: 'letters of each service at most' }),
      onSystem((connection, given) =>
        listLetters(connection, given.service, { ...filterFrom(given), state: given.state }, given.limit),
      ),
    )
    .command(
      'groups',
      'the open letters by event and error',
      (argv) => filterOptions(serviceOption(argv)),
      onSystem((connection, given) => listGroups(connection, given.service, filterFrom(given))),
    )
    .command(
      'show <service> <letter>',
      'a letter with its headers and body',
      (argv) =>
        oneService(argv).positional('letter', {
          type: 'string',
          demandOption: true,
          describe: 'its number or id',
        }),
      onSystem((connection, { service, letter }) => showLetter(connection, service, letter)),
    )
    .command(
      'retry <service> [letter]',
      'have the service handle a letter now, or all that a filter chooses',
      settleOptions,
      settle(() => ({ kind: 'retry' })),
    )
    .command(
      'discard <service> [letter]',
      'give a letter up, or all that a filter chooses',
      discardOptions,
      settle((why = '') => ({ kind: 'discard', why })),
    )
    .command(
      'job <service> <id>',
      'how far a job is that retries or discards letters',
      (argv) =>
        oneService(argv)
          .positional('id', { type: 'string', demandOption: true, describe: 'the job’s id' })
          .option('cancel', { boolean: true, default: false, describe: 'end it' }),
      onSystem((connection, { service, id, cancel }) => showJob(connection, service, id, cancel)),
    )
    .demandCommand(1, 'Name what to do with dead letters')
  return argv
}
