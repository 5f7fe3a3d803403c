import { waitFor } from '@saucery/bench/load/poll'
import type { Status } from '@saucery/contracts/status'
import type { Experiment } from '../cluster/fresh.ts'
import { applySettings } from '../cluster/local.ts'
import { podsOf } from '../cluster/pods.ts'
import type { TrafficOutcome } from '../load/order-traffic.ts'
import { runTraffic } from '../load/traffic.ts'
import { promised, reported, secondsSince } from '../report/finding.ts'

const orders = { orders: 10, perSecond: 5, order: { qty: 1, price: 60_000 } }

export const configChange: Experiment = {
  summary:
    "payment's limit is changed in its ConfigMap: its pods are replaced, and the limit holds for new orders",
  async run() {
    const names = async () =>
      (await podsOf('payment', 'terminating too')).map(({ metadata }) => metadata.name)
    const podsBefore = await names()
    const before = await runTraffic('limit-before', { ...orders, fates: ['delivered'] })
    const changedAt = Date.now()
    await applySettings({ payment: { PAYMENT_LIMIT: '50000' } })
    // Until they have ended, the earlier pods still charge up to the earlier limit.
    const areGone = async () => !(await names()).some((name) => podsBefore.includes(name))
    await waitFor('the end of the earlier pods', areGone)
    const goneAfter = secondsSince(changedAt)
    const after = await runTraffic('limit-after', { ...orders, fates: ['left'] })
    return [
      tenEndedAs('DELIVERED', 'delivered at first', before),
      reported('the earlier pods were gone after', goneAfter),
      tenEndedAs('REJECTED', 'rejected with a limit of 50,000 won', after),
    ]
  },
}

const tenEndedAs = (status: Status, what: string, { ends }: TrafficOutcome) =>
  promised(`of 10 orders of 60,000 won, ${what}`, ends[status] ?? 0, ends[status] === 10)
