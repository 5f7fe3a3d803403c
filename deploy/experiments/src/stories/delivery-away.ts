import { setTimeout as sleep } from 'node:timers/promises'
import type { Experiment } from '../cluster/fresh.ts'
import { rolledOut, scale } from '../cluster/kubectl.ts'
import { podsOf } from '../cluster/pods.ts'
import { type Finding, promised, told } from '../finding.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { until } from '../until.ts'

export const deliveryAway: Experiment = {
  says: 'delivery is scaled to nothing while orders come in, and back: it catches up',
  run,
}

async function run(): Promise<Finding[]> {
  await scale('delivery', 0)
  await until('delivery to be gone', async () => (await podsOf('delivery')).length === 0)
  const orders = await startTraffic('delivery-away', { orders: 200 })
  await sleep(20_000)
  await scale('delivery', 1)
  const back = Date.now()
  await rolledOut('deployment/delivery')
  const outcome = await orders.outcome()
  return [
    promised(
      'orders refused while delivery was away',
      refused(outcome.answers),
      refused(outcome.answers) === 0,
    ),
    ...nothingLost(outcome),
    told('everything ended after it was back, within', `${Math.round((Date.now() - back) / 1000)} s`),
  ]
}

const refused = (answers: Readonly<Record<string, number>>) =>
  Object.entries(answers).reduce((sum, [status, count]) => sum + (status === '201' ? 0 : count), 0)
