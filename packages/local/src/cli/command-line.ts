import { resolve } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { dataFolder } from '@saucery/servers/install/folders'

type Options = NonNullable<ParseArgsConfig['options']>
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values']

/** Where the system that a command is about keeps its data. */
export const dataDir = resolve(process.env.SAUCERY_DATA || dataFolder)

/**
 * The options of the command, and its words where it takes any. Exits after --help, and with 2 when they are wrong or
 * `check` throws. To be called before the command does anything.
 */
export function readCommandLine<O extends Options, Result>(
  usage: string,
  options: O,
  check: (values: Values<O>, words: readonly string[]) => Result,
  { takesWords = false } = {},
): Result {
  try {
    const args = process.argv.slice(2).filter((arg) => arg !== '--')
    const withHelp = { ...options, help: { type: 'boolean', short: 'h' } } as const
    const parsed = parseArgs({ args, options: withHelp, allowPositionals: takesWords })
    const values = parsed.values as Values<O> & { help?: boolean }
    if (!values.help) return check(values, parsed.positionals)
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
