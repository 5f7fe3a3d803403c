import { type Finding, promised, told } from './finding.ts'
import { isReady, kubectl, namespace, podsOf, rolledOut, scale } from './kubectl.ts'
import { nothingLost, startTraffic } from './traffic.ts'
import { until } from './until.ts'

/** Both pods of a service are evicted, as a drain of their node does: the PodDisruptionBudget has one wait for the other. */
export async function disruption(): Promise<Finding[]> {
  await scale('order', 2)
  try {
    await rolledOut('deployment/order')
    const pods = (await podsOf('order')).map(({ metadata }) => metadata.name)
    const orders = await startTraffic('disruption')
    const began = Date.now()
    let refused = 0
    let fewest = pods.length
    for (const pod of pods)
      await until(`the eviction of ${pod}`, async () => {
        fewest = Math.min(fewest, (await podsOf('order')).filter(isReady).length)
        const wasEvicted = await evict(pod)
        if (!wasEvicted) refused += 1
        return wasEvicted
      })
    await rolledOut('deployment/order')
    return [
      promised('evictions that the budget refused at first', refused, refused > 0),
      promised('pods ready at the fewest', fewest, fewest >= 1),
      told('both evicted after', `${Math.round((Date.now() - began) / 1000)} s`),
      ...nothingLost(await orders.outcome()),
    ]
  } finally {
    await scale('order', 1)
  }
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
