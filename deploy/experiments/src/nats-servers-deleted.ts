import { setTimeout as sleep } from 'node:timers/promises'
import { type Finding, promised, told } from './finding.ts'
import { get, kubectl, podsOf, rolledOut } from './kubectl.ts'
import { nothingLost, startTraffic } from './traffic.ts'

const services = ['order', 'payment', 'delivery', 'dashboard', 'gateway']

/** In the production overlay, one NATS server after the other is deleted while orders come in. */
export async function natsServersDeleted(): Promise<Finding[]> {
  const { spec } = await get<{ spec: { replicas: number } }>('statefulset/nats')
  const replicas = await Promise.all(services.map(async (service) => (await podsOf(service)).length))
  const orders = await startTraffic('nats-servers', { orders: 900 })
  for (const i of [2, 1, 0]) {
    await sleep(5000)
    await kubectl(['delete', `pod/nats-${i}`])
    await rolledOut('statefulset/nats')
  }
  const outcome = await orders.outcome()
  return [
    promised('NATS servers', spec.replicas, spec.replicas === 3),
    promised(
      'pods of each service',
      replicas.join(', '),
      replicas.every((count) => count >= 2),
    ),
    told(
      'answers to POST /orders',
      Object.entries(outcome.answers)
        .map(([answer, count]) => `${count} × ${answer}`)
        .join(', '),
    ),
    ...nothingLost(outcome),
  ]
}
