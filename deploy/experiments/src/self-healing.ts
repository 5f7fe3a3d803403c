import { setTimeout as sleep } from 'node:timers/promises'
import { type Finding, promised, told } from './finding.ts'
import { isReady, kubectl, podsOf, restartsOf } from './kubectl.ts'
import { withSettings } from './overlay.ts'
import { nothingLost, startTraffic } from './traffic.ts'
import { until } from './until.ts'

/** A delivery is made unhealthy by a signal that only an operator of its pod can send: its kubelet restarts it. */
export const selfHealing = (): Promise<Finding[]> =>
  withSettings({ delivery: { FAULT_SWITCH: 'on' } }, async () => {
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
  })
