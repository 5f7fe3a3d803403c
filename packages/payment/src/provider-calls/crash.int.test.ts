import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { stamped } from '@saucery/chassis/testing/events'
import { startServiceProcess } from '@saucery/chassis/testing/service-process'
import { DeliveryFailed } from '@saucery/contracts/delivery'
import { OrderPlaced } from '@saucery/contracts/order'
import { eventually } from '@saucery/messaging/testing/eventually'
import { v7 as uuidv7 } from 'uuid'
import { findPayment } from '../store.ts'
import { testPayments } from '../testing/payments.ts'

const main = new URL('../main.ts', import.meta.url)
const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const { books, db, nats, passTimers, publishedOf } = service

/** The provider works, and keeps its answers for 10 s. */
const keepingAnswers = { PAYMENT_FAULTS: 'late=100', PROVIDER_TIMEOUT_MS: '10000' }

describe('a process that is killed between the provider’s work and its answer', () => {
  it('leaves a payment that another one ends, charged once and refunded once', async () => {
    const orderId = uuidv7()
    const is = async (status: string) => assert.equal((await findPayment(db, orderId))?.status, status)
    const booked = async (refunds: number) => assert.equal((await books())[orderId]?.refunds, refunds)
    {
      await using dying = startServiceProcess(main, service, keepingAnswers)
      const order = { orderId, branchId: '1', sauceId: '2', qty: 1, price: 3000, amount: 3000 }
      await nats.publish(stamped(OrderPlaced(order)))
      await eventually(() => booked(0))
      await dying.kill()
    }
    await is('PENDING')
    await passTimers()
    {
      await using _ = startServiceProcess(main, service)
      await eventually(() => is('APPROVED'))
    }
    {
      await using dying = startServiceProcess(main, service, keepingAnswers)
      await nats.publish(stamped(DeliveryFailed({ orderId, reason: 'undeliverable' })))
      await eventually(() => booked(1))
      await dying.kill()
    }
    await is('REFUND_PENDING')
    await passTimers()
    {
      await using _ = startServiceProcess(main, service)
      await eventually(() => is('REFUNDED'))
    }
    assert.deepEqual(await publishedOf(orderId), ['PaymentApproved', 'PaymentRefunded'])
    assert.deepEqual((await books())[orderId], { amount: 3000, declined: null, refunds: 1 })
  })
})
