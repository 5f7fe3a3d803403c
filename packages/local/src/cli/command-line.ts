import { type ParseArgsConfig, parseArgs } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values']

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
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
  process.stdout.write(usage)
  process.exit(0)
}
