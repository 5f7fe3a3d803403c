import { setTimeout as sleep } from 'node:timers/promises'
import type { Experiment } from '../cluster/fresh.ts'
import { kubectl, rolledOut } from '../cluster/kubectl.ts'
import { services } from '../cluster/overlay.ts'
import { allPods, podsOf, restartsOf } from '../cluster/pods.ts'
import { redeliveries } from '../load/consumers.ts'
import { noneFailed, nothingLost, startTraffic } from '../load/traffic.ts'
import { type Finding, promised, reported, secondsSince } from '../report/finding.ts'

const perSecond = 6

export const rollingRestart: Experiment = {
  summary:
    'in the production overlay, every service and then NATS is restarted pod by pod while orders arrive',
  overlay: 'production',
  async run() {
    const counts = await Promise.all(services.map(async (service) => (await podsOf(service)).length))
    const ofServices = await restartUnderTraffic(
      'services',
      services.map((it) => `deployment/${it}`),
      220,
    )
    const atRest = await redeliveries('promised')
    const ofNats = await restartUnderTraffic('nats', ['statefulset/nats'], 120)
    const restarts = (await allPods()).reduce((sum, each) => sum + restartsOf(each), 0)
    return [
      promised(
        `pods of ${services.join(', ')}`,
        counts.join(', '),
        counts.every((count) => count >= 2),
      ),
      ...[...ofServices, ...atRest].map((finding) => ({ ...finding, what: `services: ${finding.what}` })),
      // A message whose acknowledgement was under way to a server that stopped comes again: the inbox is for that.
      ...[...ofNats, ...(await redeliveries('reported'))].map((finding) => ({
        ...finding,
        what: `NATS: ${finding.what}`,
      })),
      promised('restarts of containers', restarts, restarts === 0),
    ]
  },
}

async function restartUnderTraffic(
  name: string,
  what: readonly string[],
  seconds: number,
): Promise<Finding[]> {
  const traffic = await startTraffic(`restart-${name}`, { orders: seconds * perSecond, perSecond })
  const startedAt = Date.now()
  await sleep(5000)
  let restarted = 0
  for (const each of what) {
    await kubectl(['rollout', 'restart', each])
    await rolledOut(each)
    if (Date.now() - startedAt < seconds * 1000) restarted += 1
  }
  const figure = `${restarted} of ${what.length}, in ${secondsSince(startedAt)}`
  const outcome = await traffic()
  return [
    promised('restarted while orders arrived', figure, restarted === what.length),
    noneFailed(outcome),
    ...nothingLost(outcome),
    reported('time to answer POST /orders, p50 and p99', `${outcome.p50Ms} and ${outcome.p99Ms} ms`),
  ]
}
