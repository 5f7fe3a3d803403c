import { readCommandLine } from '@saucery/local/cli/command-line'
import { runBench } from '../run/run-bench.ts'
import { withSystem } from '../run/with-system.ts'
import { measureBreaker } from './measure-breaker.ts'
import { breakerTable } from './table.ts'

// The experiment of the sample that this project descends from: a slow payment, and many clients that insist on it.
const settings = {
  PAYMENT_MODE: 'sync',
  PAYMENT_DELAY_MS: '400',
  PAYMENT_DELAY_JITTER_MS: '300',
  // The delay alone makes 1 payment in 30 late, on two cores 1 in 6. The default of 50 % opens on a busy machine only.
  PAYMENT_BREAKER_ERROR_PERCENT: '15',
}
const plan = {
  strictClients: 100,
  pauseMs: { paid: 0, refused: 1000 },
  asyncOrders: { everyMs: 50, warmUp: 1500, aloneMs: 8_000 },
  togetherMs: 40_000,
}

const usage = `Usage: npx pnpm@12 bench:breaker

Measures the circuit breaker of a system of its own: a slow payment, and many clients that insist on it.
Settings in the environment win: PAYMENT_DELAY_MS, PAYMENT_BREAKER_ERROR_PERCENT …
`

readCommandLine(usage, {}, () => {})
await runBench((context) => {
  // The environment of this process wins, so that other figures can be tried.
  const start = { connections: Number.POSITIVE_INFINITY, env: { ...settings, ...process.env } }
  return withSystem(context, start, async ({ orders, system, say }) => {
    const run = await measureBreaker(orders, system.managementUrls.order, plan, say)
    return `${context.machine([])}\n\n${breakerTable(run)}`
  })
})
