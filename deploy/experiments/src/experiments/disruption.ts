import { waitFor } from '@saucery/bench/load/poll'
import type { Experiment } from '../cluster/fresh.ts'
import { kubectl, namespace, rolledOut, scale } from '../cluster/kubectl.ts'
import { isReady, podsOf } from '../cluster/pods.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { promised, reported, secondsSince } from '../report/finding.ts'

export const disruption: Experiment = {
  summary: 'both pods of a service are evicted as by a drain: the PodDisruptionBudget delays the second',
  async run() {
    await scale('order', 2)
    await rolledOut('deployment/order')
    const pods = (await podsOf('order')).map(({ metadata }) => metadata.name)
    const traffic = await startTraffic('disruption')
    const startedAt = Date.now()
    let refused = 0
    let fewest = pods.length
    for (const pod of pods)
      await waitFor(`the eviction of ${pod}`, async () => {
        fewest = Math.min(fewest, (await podsOf('order')).filter(isReady).length)
        const wasEvicted = await evict(pod)
        if (!wasEvicted) refused += 1
        return wasEvicted
      })
    await rolledOut('deployment/order')
    return [
      promised('evictions that the budget refused at first', refused, refused > 0),
      promised('fewest ready pods', fewest, fewest >= 1),
      reported('both evicted after', secondsSince(startedAt)),
      ...nothingLost(await traffic()),
    ]
  },
}

async function evict(name: string): Promise<boolean> {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`
  try {
    await kubectl(['create', '--raw', path, '--filename', '-'], { input: JSON.stringify(eviction) })
    return true
  } catch (error) {
    if (/disruption budget/i.test(String(error))) return false
    throw error
  }
}
