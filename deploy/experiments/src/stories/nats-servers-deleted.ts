import { setTimeout as sleep } from 'node:timers/promises'
import type { Experiment } from '../cluster/fresh.ts'
import { get } from '../cluster/kubectl.ts'
import { services } from '../cluster/overlay.ts'
import { podsOf, replacePod } from '../cluster/pods.ts'
import { type Finding, promised, told } from '../finding.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'

export const natsServersDeleted: Experiment = {
  says: 'in the production overlay, one NATS server after the other is deleted while orders come in',
  overlay: 'production',
  run,
}

async function run(): Promise<Finding[]> {
  const { spec } = await get<{ spec: { replicas: number } }>('statefulset/nats')
  const replicas = await Promise.all(services.map(async (service) => (await podsOf(service)).length))
  const orders = await startTraffic('nats-servers', { orders: 900, perSecond: 5 })
  const away: string[] = []
  for (const i of [2, 1, 0]) {
    await sleep(5000)
    const deleted = Date.now()
    await replacePod(`nats-${i}`)
    away.push(`${Math.round((Date.now() - deleted) / 1000)} s`)
  }
  const outcome = await orders.outcome()
  return [
    promised('NATS servers', spec.replicas, spec.replicas === 3),
    promised(
      `pods of ${services.join(', ')}`,
      replicas.join(', '),
      replicas.every((count) => count >= 2),
    ),
    told('from the deletion to another in its place', away.join(', ')),
    ...nothingLost(outcome),
  ]
}
