import { parseArgs } from 'node:util'

export const usage = `Usage: npx pnpm@12 bench [options]

Starts the whole system in a temporary folder, measures it, and measures what its stores can do alone.

  --orders N    orders of the throughput run (10000)
  --clients N   clients that place them at once (32)
  --seconds N   length of the latency run (20); the stores are measured for half of it each
  --json FILE   writes the figures to a file as well
  --help

POSTGRES_URL, NATS_URL and MONGODB_URL name servers to use; without them servers are started.
Data is written to the system's folder for temporary files; TMPDIR names another.
`

export interface Options {
  readonly orders: number
  readonly clients: number
  readonly seconds: number
  readonly json: string | undefined
  readonly help: boolean
}

/** @throws when an argument is unknown, or no whole number above 0 where one is wanted */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      orders: text,
      clients: text,
      seconds: text,
      json: text,
      help: { type: 'boolean', short: 'h' },
    },
  })
  const count = (name: 'orders' | 'clients' | 'seconds', otherwise: number) => {
    const given = values[name] ?? String(otherwise)
    if (/^[1-9]\d{0,6}$/.test(given)) return Number(given)
    throw new Error(`--${name} is not a whole number above 0: ${given}`)
  }
  return {
    orders: count('orders', 10_000),
    clients: count('clients', 32),
    seconds: count('seconds', 20),
    json: values.json,
    help: values.help ?? false,
  }
}
