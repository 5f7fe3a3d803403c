import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { openMetrics } from '@saucery/chassis/telemetry/metrics'
import { received } from '@saucery/chassis/testing/events'
import { recordingLog } from '@saucery/chassis/testing/log'
import { OrderPlaced } from '@saucery/contracts/order'
import { blockedWork, eventually } from '@saucery/messaging/testing/eventually'
import { v7 as uuidv7 } from 'uuid'
import type { PaymentProvider } from '../provider/provider.ts'
import { findPayment } from '../store.ts'
import { breakable, fast, testPayments, whileAsking } from '../testing/payments.ts'
import { measureUnknown } from './measure.ts'

const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const { books, db, otherReplica, provider, publishedOf } = service

const settings = { ...fast, CHARGE_DEADLINE_MS: 300 }
const placedAs = (orderId: string) =>
  received(OrderPlaced({ orderId, branchId: '1', sauceId: '2', qty: 1, price: 3000, amount: 3000 }))
const is = async (orderId: string, status: string) =>
  assert.equal((await findPayment(db, orderId))?.status, status)

/** One declined payment, and no event besides. */
async function endedUnavailable(orderId: string): Promise<void> {
  const payment = await findPayment(db, orderId)
  assert.deepEqual(
    [payment?.status, payment && 'reason' in payment && payment.reason],
    ['DECLINED', 'provider-unavailable'],
  )
  assert.deepEqual(await publishedOf(orderId), ['PaymentDeclined'])
}

describe('a charge whose outcome is unknown until its deadline', () => {
  it('is given back when it was charged', async () => {
    const orderId = uuidv7()
    const broken = breakable('unknown')
    const replica = await otherReplica({ ...broken, settings })
    await replica.handle(placedAs(orderId))
    await whileAsking([replica], async () => {
      await eventually(() => is(orderId, 'VOID_PENDING'))
      broken.set()
      await eventually(() => endedUnavailable(orderId))
    })
    assert.deepEqual((await books())[orderId], { amount: 3000, declined: null, refunds: 1 })
  })

  it('is never charged when it was not, even by a call that arrives later', async () => {
    const orderId = uuidv7()
    const broken = breakable('away')
    const replica = await otherReplica({ ...broken, settings })
    await replica.handle(placedAs(orderId))
    await whileAsking([replica], async () => {
      await eventually(() => is(orderId, 'VOID_PENDING'))
      broken.set()
      await eventually(() => endedUnavailable(orderId))
    })
    await provider.charge({ idempotencyKey: orderId, amount: 3000 }, AbortSignal.timeout(1000))
    assert.deepEqual((await books())[orderId], { amount: 0, declined: 'cancelled', refunds: 0 })
  })

  it('is not approved by an answer that comes after it was given up', async () => {
    const orderId = uuidv7()
    using answer = blockedWork()
    const wrap = (provider: PaymentProvider): PaymentProvider => ({
      ...provider,
      async charge(charge, signal) {
        const approved = await provider.charge(charge, signal)
        await answer.released
        return approved
      },
    })
    const slow = await otherReplica({ wrap, settings: { ...settings, PROVIDER_TIMEOUT_MS: 10_000 } })
    const handling = slow.handle(placedAs(orderId))
    await eventually(async () => assert.notEqual((await books())[orderId], undefined))
    await db.execute(
      `update payments set next_attempt_at = now() - interval '1 hour', asking_since = now() - interval '1 hour'
       where order_id = '${orderId}'`,
    )
    const broken = breakable('away')
    const other = await otherReplica({ ...broken, settings })
    await whileAsking([other], async () => {
      await eventually(() => is(orderId, 'VOID_PENDING'))
      answer.release()
      await handling
      await is(orderId, 'VOID_PENDING')
      broken.set()
      await eventually(() => endedUnavailable(orderId))
    })
    assert.deepEqual((await books())[orderId], { amount: 3000, declined: null, refunds: 1 })
  })
})

describe('the measure of unknown outcomes', () => {
  it('has their number and the age of the oldest, in metrics and in the log', async () => {
    const orderIds = [uuidv7(), uuidv7()]
    const away = await otherReplica({
      ...breakable('away'),
      settings: { ...fast, PROVIDER_RETRY_MS: 60_000 },
    })
    for (const orderId of orderIds) await away.handle(placedAs(orderId))
    await db.execute("update payments set asking_since = now() - interval '90 s' where status = 'PENDING'")
    const metrics = openMetrics()
    const { log, lines } = recordingLog()
    const measure = measureUnknown(db, metrics, log)
    await measure()
    const [line] = lines
    assert.deepEqual([line?.status, line?.count, line?.reason], ['PENDING', 2, 'Error: the provider is away'])
    const text = await metrics.metrics()
    assert.match(text, /payments_unknown\{status="PENDING"\} 2/)
    assert.match(text, /payments_unknown_oldest_seconds\{status="PENDING"\} 9\d/)

    const back = await otherReplica()
    await db.execute("update payments set next_attempt_at = now() where status = 'PENDING'")
    await back.askDue()
    await measure()
    for (const each of ['payments_unknown', 'payments_unknown_oldest_seconds'])
      assert.match(await metrics.metrics(), new RegExp(`^${each}\\{status="PENDING"\\} 0$`, 'm'))
  })
})
