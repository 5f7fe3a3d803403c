import { resolve } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { dataFolder } from '@saucery/servers/install/folders'

type Options = NonNullable<ParseArgsConfig['options']>
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values']

/** Where the system that a command is about keeps its data. */
export const dataDir = resolve(process.env.SAUCERY_DATA || dataFolder)

/** The options of the command. Exits after --help, and with 2 when they are wrong or `check` throws. */
export function readCommandLine<O extends Options, Result>(
  usage: string,
  options: O,
  check: (values: Values<O>) => Result,
): Result {
  try {
    const args = process.argv.slice(2).filter((arg) => arg !== '--')
    const withHelp = { ...options, help: { type: 'boolean', short: 'h' } } as const
    const values = parseArgs({ args, options: withHelp }).values as Values<O> & { help?: boolean }
    if (!values.help) return check(values)
  } catch (error) {
    exitWith(error, 2, `\n${usage}`)
  }
  process.stdout.write(usage)
  process.exit(0)
}

export function exitWith(error: unknown, code = 1, help = ''): never {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${help}`)
  process.exit(code)
}
