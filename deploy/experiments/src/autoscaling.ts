import { type Finding, promised, told } from './finding.ts'
import { allEnded, countOf } from './gateway.ts'
import { get } from './kubectl.ts'
import { startSiege } from './siege.ts'
import { until } from './until.ts'

interface Autoscaler {
  readonly status: {
    readonly currentReplicas?: number
    readonly currentMetrics?: readonly {
      readonly resource?: { readonly current: { readonly averageUtilization?: number } }
    }[]
  }
}

/** Siege places orders as in the sample: payment grows from one to more, and back. */
export async function autoscaling(): Promise<Finding[]> {
  const look = async () => {
    const { status } = await get<Autoscaler>('horizontalpodautoscaler/payment')
    const percent = status.currentMetrics?.[0]?.resource?.current.averageUtilization
    return { replicas: status.currentReplicas ?? 0, percent }
  }
  await until('payment to be one pod', async () => (await look()).replicas === 1, 400_000)
  const began = new Date()
  const seconds = () => Math.round((Date.now() - began.getTime()) / 1000)
  const siege = await startSiege({ name: 'autoscaling', clients: 20, seconds: 120 })
  let most = { replicas: 1, percent: 0 as number | undefined }
  let grewAfter: number | undefined
  await until(
    'the end of the siege',
    async () => {
      const now = await look()
      if (now.replicas > 1) grewAfter ??= seconds()
      if (now.replicas > most.replicas) most = now
      return siege.isOver()
    },
    300_000,
  )
  const result = await siege.result()
  const byStatus = await allEnded(began, 600_000)
  const ended = seconds()
  await until('payment to be one pod again', async () => (await look()).replicas === 1, 600_000)
  return [
    told('siege', `20 clients for 120 s, ${result.hits} orders, ${result.perSecond}/s`),
    promised('availability', `${result.availability.toFixed(2)} %`, result.availability === 100),
    promised('pods of payment at most', most.replicas, most.replicas > 1),
    told('first grew after', grewAfter === undefined ? 'never' : `${grewAfter} s`),
    told('at the most, of the requested CPU', `${most.percent} %`),
    promised(
      'accepted orders without an end',
      result.hits - Math.min(result.hits, countOf(byStatus)),
      countOf(byStatus) >= result.hits,
    ),
    promised('one pod again, so long after the load', `${seconds() - ended} s`, true),
  ]
}
