import { waitFor } from '@saucery/bench/load/poll'
import type { Experiment } from '../cluster/fresh.ts'
import { getObject } from '../cluster/kubectl.ts'
import { completedByItself } from '../cluster/local.ts'
import { acceptedOrdersEnded } from '../load/gateway.ts'
import { startSiege } from '../load/siege.ts'
import { promised, reported, secondsSince } from '../report/finding.ts'

interface Autoscaler {
  readonly currentReplicas?: number
  readonly currentMetrics?: readonly { resource?: { current: { averageUtilization?: number } } }[]
}

async function readAutoscaler() {
  const { status } = await getObject<{ status: Autoscaler }>('horizontalpodautoscaler/payment')
  const percent = status.currentMetrics?.[0]?.resource?.current.averageUtilization ?? 0
  return { replicas: status.currentReplicas ?? 0, percent }
}

const isOnePod = async () => (await readAutoscaler()).replicas === 1

export const autoscaling: Experiment = {
  summary: 'siege places orders as in the sample: payment grows from one pod to more, and back',
  settings: completedByItself,
  async run() {
    await waitFor('one pod of payment', isOnePod, { withinMs: 600_000 })
    const startedAt = new Date()
    const siege = await startSiege('autoscaling', 20, 120)
    let mostReplicas = 1
    let highestPercent = 0
    let grewAfter = 'never'
    const watch = async () => {
      const { replicas, percent } = await readAutoscaler()
      if (replicas > 1 && mostReplicas === 1) grewAfter = secondsSince(startedAt.getTime())
      mostReplicas = Math.max(mostReplicas, replicas)
      highestPercent = Math.max(highestPercent, percent)
      return siege.isOver()
    }
    await waitFor('the end of the siege', watch, { withinMs: 300_000 })
    const { hits, perSecond, availability } = await siege.result()
    const loadEndedAt = Date.now()
    const ended = await acceptedOrdersEnded(startedAt, hits)
    await waitFor('one pod of payment again', isOnePod, { withinMs: 900_000 })
    return [
      reported('siege', `20 clients for 120 s, ${hits} orders, ${perSecond}/s`),
      promised('availability', `${availability.toFixed(2)} %`, availability === 100),
      promised('most pods of payment', mostReplicas, mostReplicas > 1),
      reported('first grew after', grewAfter),
      reported('highest share of the requested CPU', `${highestPercent} %`),
      ...ended,
      promised('one pod again, after the end of the load', secondsSince(loadEndedAt), true),
    ]
  },
}
