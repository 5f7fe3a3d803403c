import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { received, stamped } from '@saucery/chassis/testing/events'
import { getJson } from '@saucery/chassis/testing/http'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { DeliveryFailed } from '@saucery/contracts/delivery'
import { OrderPlaced } from '@saucery/contracts/order'
import { blockedWork, eventually } from '@saucery/messaging/testing/eventually'
import { inList, lockRows } from '@saucery/messaging/testing/locked-rows'
import { v7 as uuidv7 } from 'uuid'
import type { PaymentProvider } from '../provider/provider.ts'
import { faults } from '../settings.ts'
import { breakable, fast, testPayments, whileAsking } from '../testing/payments.ts'
import { openCallsOf } from './due.ts'

const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const { app, books, db, handle, nats, otherReplica, participant, passTimers, publishedOf } = service

const placedAs = (orderId: string, amount = 3000) =>
  OrderPlaced({ orderId, branchId: '1', sauceId: '2', qty: 1, price: amount, amount })
const failedAs = (orderId: string) => DeliveryFailed({ orderId, reason: 'undeliverable' })
const charged = { amount: 3000, declined: null, refunds: 0 }
const newIds = (count: number) => Array.from({ length: count }, () => uuidv7())

type Shown = { status: string; provider?: Record<string, unknown> }
const shown = (orderId: string) => getJson<Shown>(app, `/payments/${orderId}`)

async function areAll(status: string, orderIds: readonly string[]) {
  const all = await Promise.all(orderIds.map(shown))
  assert.deepEqual(new Set(all.map((payment) => payment.status)), new Set([status]))
  return all
}

describe('a provider that is away for long', () => {
  it('leaves no dead letter, and every payment ends, charged once and refunded once, when it is back', async () => {
    const broken = breakable('hanging')
    const [one, other] = [await otherReplica(broken), await otherReplica(broken)]
    participant.consume(subscriptionsOf('payment'), one.handle)
    const orderIds = newIds(20)
    const noDeadLetters = async () => assert.equal(await participant.catalog.count({}), 0)
    await whileAsking([one, other], async () => {
      await nats.publishAll(orderIds.map((orderId) => stamped(placedAs(orderId))))
      // Many more failures than a message has tries.
      await eventually(async () => {
        const all = await areAll('PENDING', orderIds)
        for (const { provider } of all) {
          assert.equal(Number(provider?.attempts) >= 10, true)
          assert.match(String(provider?.lastError), /time/i)
          assert.equal(provider?.asked, 'charge')
          assert.equal(Number.isNaN(Date.parse(String(provider?.nextAttemptAt))), false)
        }
      })
      await nats.consumedBy('payment')
      broken.set()
      await eventually(() => areAll('APPROVED', orderIds))

      broken.set('away')
      await nats.publishAll(orderIds.map((orderId) => stamped(failedAs(orderId))))
      await eventually(async () => {
        const all = await areAll('REFUND_PENDING', orderIds)
        for (const { provider } of all) assert.equal(Number(provider?.attempts) >= 10, true)
      })
      broken.set()
      await eventually(() => areAll('REFUNDED', orderIds))
    })
    for (const orderId of orderIds) {
      assert.deepEqual(await publishedOf(orderId), ['PaymentApproved', 'PaymentRefunded'])
      assert.deepEqual((await books())[orderId], { ...charged, refunds: 1 })
    }
    await noDeadLetters()
  })
})

describe('a call that goes wrong', () => {
  for (const fault of faults)
    it(`in the way "${fault}" leaves one charge and one refund`, async () => {
      const orderId = uuidv7()
      const broken = breakable(fault)
      const replica = await otherReplica(broken)
      const isUnknown = fault !== 'twice'
      await replica.handle(received(placedAs(orderId)))
      if (isUnknown) await areAll('PENDING', [orderId])
      const calls = await openCallsOf(db, orderId)
      const told = calls.map(({ asked, tries, error }) => [asked, tries, error !== ''])
      assert.deepEqual(told, isUnknown ? [['charge', 1, true]] : [])
      broken.set()
      const settled = (status: string) =>
        whileAsking([replica], () => eventually(() => areAll(status, [orderId])))
      await settled('APPROVED')
      broken.set(fault)
      await replica.handle(received(failedAs(orderId)))
      if (isUnknown) await areAll('REFUND_PENDING', [orderId])
      broken.set()
      await settled('REFUNDED')
      assert.deepEqual(await publishedOf(orderId), ['PaymentApproved', 'PaymentRefunded'])
      assert.deepEqual((await books())[orderId], { ...charged, refunds: 1 })
    })

  it('in every way, one after the other, still ends in one charge', async () => {
    const orderIds = newIds(10)
    let calls = 0
    const wrap = (provider: PaymentProvider) =>
      ({
        ...provider,
        charge: (charge, signal) =>
          breakable(faults[calls++ % (faults.length + 1)])
            .wrap(provider)
            .charge(charge, signal),
      }) satisfies PaymentProvider
    const replica = await otherReplica({ wrap, settings: fast })
    await Promise.all(orderIds.map((orderId) => replica.handle(received(placedAs(orderId)))))
    await whileAsking([replica], () => eventually(() => areAll('APPROVED', orderIds)))
    for (const orderId of orderIds) {
      assert.deepEqual((await books())[orderId], charged)
      assert.deepEqual(await publishedOf(orderId), ['PaymentApproved'])
    }
  })
})

describe('a decline', () => {
  for (const reason of ['x'.repeat(5000), '', 'a\u0000b', undefined, 7])
    it(`with the reason "${String(reason).slice(0, 20)}" is published`, async () => {
      const orderId = uuidv7()
      const wrap = (provider: PaymentProvider) => ({
        ...provider,
        charge: async () => ({ approved: false, reason }),
      })
      const { handle } = await otherReplica({ wrap })
      await handle(received(placedAs(orderId)))
      assert.deepEqual(await publishedOf(orderId), ['PaymentDeclined'])
    })
})

describe('the loop of several replicas', () => {
  it('asks for each payment once at a time, and for no more at once than it may', async () => {
    const orderIds = newIds(60)
    const underWay = new Map<string, number>()
    let most = 0
    const asked: string[] = []
    const overlapping: string[] = []
    const wrap = (provider: PaymentProvider) => ({
      ...provider,
      async charge(charge: { idempotencyKey: string; amount: number }, signal: AbortSignal) {
        const { idempotencyKey: key } = charge
        asked.push(key)
        underWay.set(key, (underWay.get(key) ?? 0) + 1)
        if (underWay.get(key) !== 1) overlapping.push(key)
        most = Math.max(most, [...underWay.values()].filter((count) => count > 0).length)
        await delay(30)
        underWay.set(key, 0)
        return provider.charge(charge, signal)
      },
    })
    const settings = { ...fast, PROVIDER_CONCURRENCY: 5, PROVIDER_TIMEOUT_MS: 10_000 }
    const replicas = await Promise.all(Array.from({ length: 3 }, () => otherReplica({ wrap, settings })))
    const away = await otherReplica(breakable('away'))
    await Promise.all(orderIds.map((orderId) => away.handle(received(placedAs(orderId)))))
    await passTimers()
    await Promise.all(replicas.map(({ askDue }) => askDue()))
    await whileAsking(replicas, () => eventually(() => areAll('APPROVED', orderIds)))
    assert.deepEqual([asked.length, new Set(asked)], [60, new Set(orderIds)])
    assert.deepEqual(overlapping, [])
    assert.equal(most <= 15, true, String(most))
  })

  it('asks for the others while some are locked, and for those afterwards', async () => {
    const orderIds = newIds(30)
    const locked = orderIds.slice(0, 3)
    const away = await otherReplica(breakable('away'))
    const replica = await otherReplica({
      settings: { ...fast, PROVIDER_TIMEOUT_MS: 10_000, PROVIDER_CONCURRENCY: 5 },
    })
    await Promise.all(orderIds.map((orderId) => away.handle(received(placedAs(orderId)))))
    await passTimers()
    await using rows = await lockRows(service.postgresUrl, `payments where order_id ${inList(locked)}`)
    await whileAsking([replica], async () => {
      await eventually(() => areAll('APPROVED', orderIds.slice(3)), 5000)
      await areAll('PENDING', locked)
      await rows.release()
      await passTimers()
      await eventually(() => areAll('APPROVED', locked), 5000)
    })
    for (const orderId of orderIds) assert.deepEqual((await books())[orderId], charged)
  })

  it('asks for a new payment beside many that are due', async () => {
    const old = newIds(12)
    const away = await otherReplica(breakable('away'))
    await Promise.all(old.map((orderId) => away.handle(received(placedAs(orderId)))))
    await passTimers()
    using work = blockedWork()
    let asked = 0
    const wrap = (provider: PaymentProvider): PaymentProvider => ({
      ...provider,
      async charge(charge, signal) {
        asked += 1
        if (asked <= 2) await work.released
        return provider.charge(charge, signal)
      },
    })
    const settings = { ...fast, PROVIDER_TIMEOUT_MS: 10_000, PROVIDER_CONCURRENCY: 4 }
    const replica = await otherReplica({ wrap, settings })
    await whileAsking([replica], async () => {
      await eventually(() => assert.equal(asked, 2))
      const orderId = uuidv7()
      await replica.handle(received(placedAs(orderId)))
      await areAll('APPROVED', [orderId])
      assert.equal(asked, 3)
      work.release()
      await eventually(() => areAll('APPROVED', old))
    })
  })

  it('asks for what found no free place at its message', async () => {
    const orderIds = newIds(30)
    const replica = await otherReplica({ settings: { ...fast, PROVIDER_CONCURRENCY: 1 } })
    await Promise.all(orderIds.map((orderId) => replica.handle(received(placedAs(orderId)))))
    await whileAsking([replica], () => eventually(() => areAll('APPROVED', orderIds)))
  })

  it('asks for what a version without timers has left behind', async () => {
    const orderId = uuidv7()
    await db.execute(
      `insert into payments (order_id, status, branch_id, sauce_id, qty, amount)
       values ('${orderId}', 'PENDING', '1', '2', 1, 3000)`,
    )
    assert.deepEqual((await shown(orderId)).provider, { asked: 'charge', attempts: 1 })
    await service.askDue()
    await areAll('APPROVED', [orderId])
  })

  it('leaves the first call to the replica of the message, until its lease has ended', async () => {
    const orderId = uuidv7()
    const settings = { ...fast, PROVIDER_TIMEOUT_MS: 3000 }
    const waiting = await otherReplica({ ...breakable('hanging'), settings })
    const handling = waiting.handle(received(placedAs(orderId)))
    await eventually(() => areAll('PENDING', [orderId]))
    await service.askDue()
    await areAll('PENDING', [orderId])
    await db.execute(
      `update payments set next_attempt_at = next_attempt_at - interval '16 s' where order_id = '${orderId}'`,
    )
    await service.askDue()
    await areAll('APPROVED', [orderId])
    await handling
    await handle(received(placedAs(orderId)))
    await areAll('APPROVED', [orderId])
  })
})
