import { received } from '@saucery/chassis/testing/events'
import { testService } from '@saucery/chassis/testing/service'
import { PaymentApproved } from '@saucery/contracts/payment'
import { v7 as uuidv7 } from 'uuid'
import { deliveryApi } from '../api.ts'
import { reactions } from '../reactions.ts'
import { deliveryAggregate } from '../store.ts'

const migrations = new URL('../../migrations/', import.meta.url)

export const approvedAs = (orderId: string, branchId = '1') =>
  PaymentApproved({ orderId, branchId, sauceId: '2', qty: 3, amount: 3000 })

/** The delivery service on servers of its own. */
export async function testDeliveries() {
  const service = await testService('delivery', migrations, deliveryAggregate)
  const hear = reactions(service.commit)
  return {
    ...service,
    app: deliveryApi(service),
    hear,
    /** Starts the delivery of a new order. */
    async start(branchId = '1'): Promise<string> {
      const orderId = uuidv7()
      await hear(received(approvedAs(orderId, branchId)))
      return orderId
    },
  }
}
