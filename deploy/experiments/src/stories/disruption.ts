import type { Experiment } from '../cluster/fresh.ts'
import { kubectl, namespace, rolledOut, scale } from '../cluster/kubectl.ts'
import { isReady, podsOf } from '../cluster/pods.ts'
import { type Finding, promised, told } from '../finding.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { until } from '../until.ts'

export const disruption: Experiment = {
  says: 'both pods of a service are evicted as by a drain: the PodDisruptionBudget has one wait for the other',
  run,
}

async function run(): Promise<Finding[]> {
  await scale('order', 2)
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
