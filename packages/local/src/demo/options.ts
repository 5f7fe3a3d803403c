export const demoUsage = `Usage: npx pnpm@12 demo [--url http://localhost:8088] [--rate 5] [--for 1m]

Places one order for each path in the system that \`npx pnpm@12 start\` runs, and prints its events as they happen.

  --url   the gateway; without it, that of the system that runs on the data folder, else http://localhost:8088
  --rate  so many orders a second instead, along the paths in turn, until Ctrl-C (0.1 to 100)
  --for   how long: 30s, 5m or 1h; without --rate one order a second

Where sign-in is on, the local system is called as an operator; for another one set SAUCERY_TOKEN to the token of one.
`

/** How many orders a second, and how long. */
export interface Load {
  readonly rate: number
  /** Infinity: until Ctrl-C. */
  readonly forMs: number
}

const units = { s: 1_000, m: 60_000, h: 3_600_000 }

/** Undefined without both: one order along each path. */
export function readLoad(rate: string | undefined, duration: string | undefined): Load | undefined {
  if (rate === undefined && duration === undefined) return undefined
  return { rate: readRate(rate ?? '1'), forMs: readDuration(duration) }
}

function readRate(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (rate >= 0.1 && rate <= 100) return rate
  throw new Error(`--rate has to be a number from 0.1 to 100: ${text}`)
}

function readDuration(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  const [, number, unit = 's'] = /^(\d{1,6})([smh]?)$/.exec(text) ?? []
  if (Number(number) > 0) return Number(number) * units[(unit || 's') as keyof typeof units]
  throw new Error(`--for has to be a time such as 30s, 5m or 1h: ${text}`)
}
