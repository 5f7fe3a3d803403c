import { setTimeout as sleep } from 'node:timers/promises'
import type { Experiment } from '../cluster/fresh.ts'
import { databases, kubectl, rolledOut } from '../cluster/kubectl.ts'
import { services } from '../cluster/overlay.ts'
import { podsOf } from '../cluster/pods.ts'
import { redeliveries } from '../load/consumers.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { promised, reported, secondsSince } from '../report/finding.ts'

const seconds = 240
const perSecond = 5

export const podsKilled: Experiment = {
  summary:
    'in the production overlay, every pod, those of the stores too, is killed once while orders arrive',
  overlay: 'production',
  async run() {
    const pods = (await Promise.all(services.map((service) => podsOf(service)))).flat()
    const traffic = await startTraffic('pods-killed', { orders: seconds * perSecond, perSecond })
    const startedAt = Date.now()
    const killed: string[] = []
    const kill = async (name: string, workload: string, where?: string) => {
      await sleep(2000)
      // A second is too short for what a pod does before it stops.
      const grace = ['--grace-period=1', ...(where === undefined ? [] : ['--namespace', where])]
      await kubectl(['delete', `pod/${name}`, ...grace])
      await rolledOut(workload, where)
      if (Date.now() - startedAt < seconds * 1000) killed.push(name)
    }
    for (const { metadata } of pods) await kill(metadata.name, `deployment/${ownerOf(metadata.name)}`)
    for (const i of [2, 1, 0]) await kill(`nats-${i}`, 'statefulset/nats')
    for (const store of ['postgres', 'mongodb']) await kill(`${store}-0`, `statefulset/${store}`, databases)
    const all = pods.length + 5
    const took = secondsSince(startedAt)
    return [
      promised(
        'pods killed while orders arrived',
        `${killed.length} of ${all}, in ${took}`,
        killed.length === all,
      ),
      ...nothingLost(await traffic()),
      ...(await redeliveries('reported')),
      reported('all orders had ended after', secondsSince(startedAt)),
    ]
  },
}

const ownerOf = (pod: string) => services.find((service) => pod.startsWith(`${service}-`)) ?? pod
