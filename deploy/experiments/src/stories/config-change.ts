import type { Status } from '@saucery/contracts/status'
import type { Experiment } from '../cluster/fresh.ts'
import { applySettings } from '../cluster/local.ts'
import { podsOf } from '../cluster/pods.ts'
import { type Finding, promised, told } from '../finding.ts'
import { type Outcome, traffic } from '../load/traffic.ts'
import { until } from '../until.ts'

const orders = { orders: 10, perSecond: 5, price: 60_000 }

export const configChange: Experiment = {
  says: "payment's limit is changed in its ConfigMap: its pods are replaced, and new orders obey",
  run,
}

async function run(): Promise<Finding[]> {
  const names = async () => (await podsOf('payment', 'ending too')).map(({ metadata }) => metadata.name)
  const podsBefore = await names()
  const before = await traffic('limit-before', { ...orders, fates: ['complete'] })
  const changed = Date.now()
  await applySettings({ payment: { PAYMENT_LIMIT: '50000' } })
  // While they end they still take money, up to the limit that they know.
  const left = async () => (await names()).filter((name) => podsBefore.includes(name)).length
  await until('the end of the pods from before', async () => (await left()) === 0)
  const goneAfter = Math.round((Date.now() - changed) / 1000)
  const after = await traffic('limit-after', { ...orders, fates: ['leave'] })
  return [
    tenEndedAs('DELIVERED', 'delivered at first', before),
    told('the pods from before were gone after', `${goneAfter} s`),
    tenEndedAs('REJECTED', 'rejected with a limit of 50,000 won', after),
  ]
}

const tenEndedAs = (status: Status, says: string, { ends }: Outcome) =>
  promised(`of 10 orders of 60,000 won, ${says}`, ends[status] ?? 0, ends[status] === 10)
