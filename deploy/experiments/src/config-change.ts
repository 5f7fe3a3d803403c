import type { Status } from '@saucery/contracts/status'
import { type Finding, promised } from './finding.ts'
import { podsOf } from './kubectl.ts'
import { withSettings } from './overlay.ts'
import { type Outcome, traffic } from './traffic.ts'

const orders = { orders: 10, perSecond: 5, price: 60_000, fates: ['complete'] } as const

/** Payment's limit is changed in its ConfigMap: its pods are replaced, and new orders obey. */
export async function configChange(): Promise<Finding[]> {
  const names = async () => (await podsOf('payment')).map(({ metadata }) => metadata.name)
  const podsBefore = await names()
  const before = await traffic('limit-before', orders)
  return withSettings({ payment: { PAYMENT_LIMIT: '50000' } }, async () => {
    const podsAfter = await names()
    const after = await traffic('limit-after', orders)
    const left = podsAfter.filter((name) => podsBefore.includes(name)).length
    return [
      tenEndedAs('DELIVERED', 'delivered at first', before),
      promised('pods of payment from before', left, left === 0),
      tenEndedAs('REJECTED', 'rejected with a limit of 50,000 won', after),
    ]
  })
}

const tenEndedAs = (status: Status, says: string, { ends }: Outcome) =>
  promised(`of 10 orders of 60,000 won, ${says}`, String(ends[status]), ends[status] === 10)
