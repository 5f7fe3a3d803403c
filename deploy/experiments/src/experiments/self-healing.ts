import { setTimeout as sleep } from 'node:timers/promises'
import { waitFor } from '@saucery/bench/load/poll'
import type { Experiment } from '../cluster/fresh.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { isReady, podsOf, restartsOf } from '../cluster/pods.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { promised, reported, secondsSince } from '../report/finding.ts'

export const selfHealing: Experiment = {
  summary:
    'delivery is made unhealthy by a signal that only an operator of its pod can send, and is restarted',
  settings: { delivery: { FAULT_SWITCH: 'on' } },
  async run() {
    const [pod] = await podsOf('delivery')
    if (!pod) throw new Error('no pod of delivery was found')
    const { name } = pod.metadata
    const traffic = await startTraffic('self-healing')
    await sleep(8000)
    const signalledAt = Date.now()
    await kubectl(['exec', name, '--', 'node', '--eval', 'process.kill(1, "SIGHUP")'])
    const healed = await waitFor('a restart', async () => {
      const now = (await podsOf('delivery')).find(({ metadata }) => metadata.name === name)
      return now !== undefined && restartsOf(now) > restartsOf(pod) && isReady(now) && now
    })
    const after = secondsSince(signalledAt)
    return [
      promised('restarts of the container', restartsOf(healed) - restartsOf(pod), true),
      reported('ready again after', after),
      ...nothingLost(await traffic()),
    ]
  },
}
