import type { Experiment } from '../cluster/fresh.ts'
import { get } from '../cluster/kubectl.ts'
import { arriving } from '../cluster/local.ts'
import { accepted, type Finding, promised, told } from '../finding.ts'
import { allEnded } from '../load/gateway.ts'
import { startSiege } from '../load/siege.ts'
import { until } from '../until.ts'

interface Autoscaler {
  readonly status: {
    readonly currentReplicas?: number
    readonly currentMetrics?: readonly {
      readonly resource?: { readonly current: { readonly averageUtilization?: number } }
    }[]
  }
}

async function look() {
  const { status } = await get<Autoscaler>('horizontalpodautoscaler/payment')
  const percent = status.currentMetrics?.[0]?.resource?.current.averageUtilization
  return { replicas: status.currentReplicas ?? 0, percent: percent ?? 0 }
}

const isOne = async () => (await look()).replicas === 1

export const autoscaling: Experiment = {
  says: 'siege places orders as in the sample: payment grows from one to more, and back',
  settings: arriving,
  run,
}

async function run(): Promise<Finding[]> {
  await until('payment to be one pod', isOne, 600_000)
  const began = new Date()
  const seconds = () => Math.round((Date.now() - began.getTime()) / 1000)
  const siege = await startSiege({ name: 'autoscaling', clients: 20, seconds: 120 })
  let most = { replicas: 1, percent: 0 }
  let highest = 0
  let grewAfter: number | undefined
  await until(
    'the end of the siege',
    async () => {
      const now = await look()
      if (now.replicas > 1) grewAfter ??= seconds()
      if (now.replicas > most.replicas) most = now
      highest = Math.max(highest, now.percent)
      return siege.isOver()
    },
    300_000,
  )
  const result = await siege.result()
  const over = seconds()
  const byStatus = await allEnded(began, result.hits, 600_000)
  await until('payment to be one pod again', isOne, 900_000)
  return [
    told('siege', `20 clients for 120 s, ${result.hits} orders, ${result.perSecond}/s`),
    promised('availability', `${result.availability.toFixed(2)} %`, result.availability === 100),
    promised('pods of payment at most', most.replicas, most.replicas > 1),
    told('first grew after', grewAfter === undefined ? 'never' : `${grewAfter} s`),
    told('of the requested CPU at most', `${highest} %`),
    ...accepted(result.hits, byStatus),
    promised('one pod again, so long after the load', `${seconds() - over} s`, true),
  ]
}
