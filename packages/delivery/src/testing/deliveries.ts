import { received } from '@saucery/chassis/testing/events'
import { testService } from '@saucery/chassis/testing/service'
import { PaymentApproved } from '@saucery/contracts/payment'
import { v7 as uuidv7 } from 'uuid'
import { deliveryApi } from '../api.ts'
import { reactions } from '../reactions.ts'
import { deliveryAggregate } from '../store.ts'

const migrations = new URL('../../migrations/', import.meta.url)

export const deadlineMs = 3_600_000

export const approvedAs = (orderId: string, branchId = '1') =>
  PaymentApproved({ orderId, branchId, sauceId: '2', qty: 3, amount: 3000 })

/** The delivery service on servers of its own. */
export async function testDeliveries() {
  const service = await testService('delivery', migrations, deliveryAggregate)
  const handle = reactions(service)
  /** Starts the delivery of a new order. */
  async function start(branchId = '1'): Promise<string> {
    const orderId = uuidv7()
    await handle(received(approvedAs(orderId, branchId)))
    return orderId
  }
  return {
    ...service,
    app: deliveryApi({ ...service, deadlineMs }),
    handle,
    start,
    /** A delivery that started this long ago. */
    async startedAgo(ms: number): Promise<string> {
      const orderId = await start()
      await service.db.execute(
        `update deliveries set started_at = started_at - interval '${ms} ms' where order_id = '${orderId}'`,
      )
      return orderId
    },
  }
}
