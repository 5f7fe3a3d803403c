import { parseArgs } from 'node:util'

export const benchUsage = `Usage: npx pnpm@12 bench [options]

Starts the whole system in a temporary folder, measures it, and measures what its stores can do alone.

  --orders N    orders of the throughput run (10000)
  --clients N   clients that place them at once (32)
  --seconds N   length of the latency run (20); each store is measured for half of it
  --json FILE   writes the figures to a file as well
  --help

POSTGRES_URL, NATS_URL and MONGODB_URL name servers to use; without them servers are started.
Data is written to the system's folder for temporary files; TMPDIR names another.
`

export interface BenchOptions {
  readonly orders: number
  readonly clients: number
  readonly seconds: number
  readonly json: string | undefined
}

/** @throws when an argument is unknown, or not a whole number above 0 where one is needed */
export function readOptions(args: string[]): BenchOptions {
  const text = { type: 'string' } as const
  const options = { orders: text, clients: text, seconds: text, json: text }
  const { values } = parseArgs({ args, options })
  const count = (name: 'orders' | 'clients' | 'seconds', fallback: number) => {
    const value = values[name] ?? String(fallback)
    if (/^[1-9]\d{0,6}$/.test(value)) return Number(value)
    throw new Error(`--${name} is not a whole number above 0: ${value}`)
  }
  return {
    orders: count('orders', 10_000),
    clients: count('clients', 32),
    seconds: count('seconds', 20),
    json: values.json,
  }
}
