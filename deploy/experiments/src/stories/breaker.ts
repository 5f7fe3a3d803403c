import { setTimeout as sleep } from 'node:timers/promises'
import type { Experiment } from '../cluster/fresh.ts'
import { applySettings, type Settings } from '../cluster/local.ts'
import { type Finding, promised, told } from '../finding.ts'
import { allSettled, ask, askText } from '../load/gateway.ts'
import { startSiege } from '../load/siege.ts'

/** Payment takes so many ms, more or less by as many. */
const taking = (delayMs: number, jitterMs: number): Settings => ({
  payment: { PAYMENT_DELAY_MS: `${delayMs}`, PAYMENT_DELAY_JITTER_MS: `${jitterMs}` },
  order: { PAYMENT_MODE: 'sync' },
})
/** Few enough that payment alone makes them wait. */
const clients = 10

export const breaker: Experiment = {
  says: 'clients insist on a slow payment: the circuit breaker opens, and closes when it is fast again',
  settings: taking(400, 300),
  run,
}

async function run(): Promise<Finding[]> {
  const began = new Date()
  const now = await insist('now-and-then-late')
  await applySettings(taking(800, 300))
  const mostly = await insist('mostly-late')
  await applySettings(taking(0, 0))
  const again = await insist('fast-again')
  const { DELIVERING: paid = 0 } = await allSettled(began, 120_000)
  const answered = now.hits + mostly.hits + again.hits
  return [
    ...now.of('400 ± 300 ms'),
    ...mostly.of('800 ± 300 ms'),
    promised(
      '800 ± 300 ms: it opened',
      mostly.states.includes('open') ? 'yes' : 'no',
      mostly.states.includes('open'),
    ),
    ...again.of('no delay'),
    promised('no delay: it is', again.states.at(-1) ?? '', again.states.at(-1) === 'closed'),
    // Siege leaves what it has in hand when its time is up.
    promised(
      `paid, and nobody was told: no more than ${3 * clients}`,
      paid - answered,
      paid - answered <= 3 * clients,
    ),
    promised('answered as paid, and is not', Math.max(0, answered - paid), answered <= paid),
  ]
}

/** Clients place orders for 40 s, one after another, and each waits for its payment. */
async function insist(name: string) {
  const countsBefore = await waits()
  const siege = await startSiege({ name, clients, seconds: 40, pauseS: 1 })
  const states: string[] = []
  for (; !(await siege.isOver()); await sleep(500)) {
    const { details } = await ask<{ details: { paymentBreaker: string } }>('/readyz', 'order')
    if (states.at(-1) !== details.paymentBreaker) states.push(details.paymentBreaker)
  }
  const { hits, failed } = await siege.result()
  const counts = await waits()
  const [inTime, late] = [counts.inTime - countsBefore.inTime, counts.late - countsBefore.late]
  return {
    hits,
    states,
    of: (delay: string): Finding[] => [
      told(`${delay}: waited for in time, and late`, `${inTime}, ${late}`),
      told(`${delay}: late, of those`, `${Math.round((100 * late) / Math.max(1, inTime + late))} %`),
      told(`${delay}: answered as paid, and with 503`, `${hits}, ${failed}`),
      told(`${delay}: the breaker was`, states.join(', ')),
    ],
  }
}

/** How many payments the breaker has seen come in time, and late. */
async function waits() {
  const metrics = await askText('/metrics', 'order')
  const count = (outcome: string) =>
    Number(
      new RegExp(`^payment_breaker_calls_total{outcome="${outcome}"} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0,
    )
  return { inTime: count('in-time'), late: count('late') }
}
