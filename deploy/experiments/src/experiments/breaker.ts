import type { BreakerPlan, BreakerRun, OrderAnswer } from '@saucery/bench/breaker/measure-breaker'
import { breakerTable } from '@saucery/bench/breaker/table'
import type { Experiment } from '../cluster/fresh.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { applySettings, type ServiceSettings } from '../cluster/local.ts'
import { podsOf } from '../cluster/pods.ts'
import { bundleScript } from '../load/bundle.ts'
import { ordersSettled } from '../load/gateway.ts'
import { promised, reported } from '../report/finding.ts'

const taking = (delayMs: number, jitterMs: number): ServiceSettings => ({
  payment: { PAYMENT_DELAY_MS: `${delayMs}`, PAYMENT_DELAY_JITTER_MS: `${jitterMs}` },
  order: { PAYMENT_MODE: 'sync' },
})

/** Few enough clients that payment alone makes them wait. */
const plan: BreakerPlan = { strictClients: 10, pauseMs: { paid: 500, refused: 500 }, togetherMs: 40_000 }

export const breaker: Experiment = {
  summary:
    'clients insist on a slow payment: the circuit breaker opens, and closes when payment is fast again',
  settings: taking(400, 300),
  async run() {
    const startedAt = new Date()
    const sometimesLate = await insist('400 ± 300 ms')
    await applySettings(taking(800, 300))
    const mostlyLate = await insist('800 ± 300 ms')
    await applySettings(taking(0, 0))
    const fast = await insist('no delay')
    const { DELIVERING: paid = 0 } = await ordersSettled(startedAt, 120_000)
    const answered = sometimesLate.paid + mostlyLate.paid + fast.paid
    const opened = mostlyLate.states.includes('open')
    const last = fast.states.at(-1) ?? ''
    return [
      ...sometimesLate.findings,
      ...mostlyLate.findings,
      promised('800 ± 300 ms: it opened', opened ? 'yes' : 'no', opened),
      ...fast.findings,
      promised('no delay: it is', last, last === 'closed'),
      promised('paid, but the client was not told', Math.max(0, paid - answered), paid <= answered),
      promised('answered as paid, but not paid', Math.max(0, answered - paid), answered <= paid),
    ]
  },
}

/** Measures with the clients of `pnpm bench:breaker`, from within the gateway's pod. */
async function insist(delay: string) {
  const [order] = await podsOf('order')
  const management = `http://${order?.status.podIP}:8081`
  const node = ['node', '--input-type=module', '-', JSON.stringify(plan), management]
  const input = await bundleScript('breaker-load.ts')
  const output = await kubectl(['exec', '--stdin', 'deployment/gateway', '--', ...node], { input })
  const run: BreakerRun = JSON.parse(output)
  process.stdout.write(`${delay}:\n\n${breakerTable(run)}\n`)
  const count = (matches: (answer: OrderAnswer) => boolean) => run.answers.filter(matches).length
  const paid = count(({ http }) => http === 201)
  const late = count(({ outcome }) => outcome === 'payment-timeout')
  const states = run.states.map(({ state }) => state)
  const findings = [
    reported(`${delay}: waited for in time, and late`, `${paid}, ${late}`),
    reported(`${delay}: late, of those`, `${Math.round((100 * late) / Math.max(1, paid + late))} %`),
    reported(`${delay}: answered as paid, and with 503`, `${paid}, ${count(({ http }) => http === 503)}`),
    reported(`${delay}: the breaker was`, states.join(', ')),
  ]
  return { paid, states, findings }
}
