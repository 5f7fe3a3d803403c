import { setTimeout as sleep } from 'node:timers/promises'
import type { Experiment } from '../cluster/fresh.ts'
import { getObject } from '../cluster/kubectl.ts'
import { services } from '../cluster/overlay.ts'
import { podsOf, replacePod } from '../cluster/pods.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { promised, reported, secondsSince } from '../report/finding.ts'

export const natsServersDeleted: Experiment = {
  summary: 'in the production overlay, the NATS servers are deleted one after another while orders arrive',
  overlay: 'production',
  async run() {
    const { spec } = await getObject<{ spec: { replicas: number } }>('statefulset/nats')
    const replicas = await Promise.all(services.map(async (service) => (await podsOf(service)).length))
    const traffic = await startTraffic('nats-servers', { orders: 900, perSecond: 5 })
    const away: string[] = []
    for (const i of [2, 1, 0]) {
      await sleep(5000)
      const deletedAt = Date.now()
      await replacePod(`nats-${i}`)
      away.push(secondsSince(deletedAt))
    }
    const hasTwoEach = replicas.every((count) => count >= 2)
    return [
      promised('NATS servers', spec.replicas, spec.replicas === 3),
      promised(`pods of ${services.join(', ')}`, replicas.join(', '), hasTwoEach),
      reported('from each deletion until its successor was ready', away.join(', ')),
      ...nothingLost(await traffic()),
    ]
  },
}
