import { setTimeout as sleep } from 'node:timers/promises'
import type { Experiment } from '../cluster/fresh.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { isReady, podsOf, restartsOf } from '../cluster/pods.ts'
import { type Finding, promised, told } from '../finding.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { until } from '../until.ts'

export const selfHealing: Experiment = {
  says: 'a delivery is made unhealthy, by a signal that only an operator of its pod can send, and is restarted',
  settings: { delivery: { FAULT_SWITCH: 'on' } },
  run,
}

async function run(): Promise<Finding[]> {
  const [pod] = await podsOf('delivery')
  if (!pod) throw new Error('there is no pod of delivery')
  const { name } = pod.metadata
  const orders = await startTraffic('self-healing')
  await sleep(8000)
  const thrown = Date.now()
  await kubectl(['exec', name, '--', 'node', '--eval', 'process.kill(1, "SIGHUP")'])
  const healed = await until('a restart', async () => {
    const now = (await podsOf('delivery')).find(({ metadata }) => metadata.name === name)
    return now !== undefined && restartsOf(now) > restartsOf(pod) && isReady(now) && now
  })
  const after = Math.round((Date.now() - thrown) / 1000)
  return [
    promised('restarts of the container', restartsOf(healed) - restartsOf(pod), true),
    told('ready again after', `${after} s`),
    ...nothingLost(await orders.outcome()),
  ]
}
