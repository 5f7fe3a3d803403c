import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Client } from '@saucery/client/client'
import { eventually } from '@saucery/messaging/testing/eventually'
import { violations } from '../model/violations.ts'
import { hastyClient, tryToPlace } from '../support/orders.ts'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'
import { type Observer, observe } from '../testing/observer.ts'
import { deleteConsumers, emptyInboxes } from '../testing/replay.ts'

const deadlineMs = 500
/** Much later, so that a busy machine cancels before it, too; the provider still answers in time. */
const delayMs = 4000

describe('an order that was cancelled before its payment was approved', { timeout: 240_000 }, () => {
  let system: RunningSystem
  let observer: Observer
  let client: Client
  const ids: string[] = []

  before(async () => {
    system = await runningSystem({
      PAYMENT_DEADLINE_MS: String(deadlineMs),
      PAYMENT_DELAY_MS: String(delayMs),
    })
    observer = await observe(system)
    client = hastyClient(system.urls.gateway)
  })
  after(async () => {
    await observer[Symbol.asyncDispose]()
    await system[Symbol.asyncDispose]()
  })

  it('is refunded when the provider took longer than the deadline', async () => {
    const id = await place()
    await eventually(() => isTimedOut(id))
    await eventually(() => isRemembered(id))
    assert.deepEqual(await publishedOf(id), { 'orders.placed': 1, 'orders.cancelled': 1 })
    await isRefundedOnce([id])
  })

  it('is refunded when payment was away past the deadline', async () => {
    await system.services.payment.stop()
    const id = await place()
    await eventually(() => isTimedOut(id))
    await eventually(() => isRemembered(id))
    system.services.payment.start()
    await isRefundedOnce([id])
  })

  it('is refunded once, also when services with empty inboxes consume everything again', async () => {
    assert.equal(ids.length, 2)
    const before = await eventually(observer.atRest)
    const consumers = await consumerStates()
    await emptyInboxes(system)
    await deleteConsumers(system)
    await eventually(async () => {
      const now = await consumerStates()
      for (const [i, { created, delivered, messages }] of now.entries()) {
        assert.notEqual(created, consumers[i]?.created)
        assert.equal(delivered >= messages, true)
      }
    })
    assert.deepEqual(await eventually(observer.atRest), before)
    await isRefundedOnce(ids)
  })

  async function place(): Promise<string> {
    const id = await tryToPlace(client)
    ids.push(id)
    return id
  }

  async function isTimedOut(id: string): Promise<void> {
    const { timeline } = await client.get('/orderDashboards/{id}', { path: { id } })
    const cancelled = timeline.find(({ event }) => event === 'OrderCancelled')
    assert.deepEqual(cancelled?.data, { reason: 'payment-timeout' })
  }

  async function isRemembered(id: string): Promise<void> {
    const { deliveries } = await observer.rows([])
    assert.equal(deliveries.find(({ orderId }) => orderId === id)?.status, 'CANCEL_REMEMBERED')
  }

  /** How many messages this order has, by what their subjects begin with. */
  async function publishedOf(id: string): Promise<Record<string, number>> {
    const own = Object.entries(await observer.subjects()).filter(([subject]) => subject.endsWith(`.${id}`))
    return Object.fromEntries(own.map(([subject, count]) => [subject.slice(0, -id.length - 1), count]))
  }

  async function consumerStates() {
    const services = ['order', 'payment', 'delivery'] as const
    return (await Promise.all(services.map(observer.consumers))).flatMap((states) => Object.values(states))
  }

  /** One charge and one refund, each published once; cancelled in every service, and no delivery started. */
  async function isRefundedOnce(refunded: string[]): Promise<void> {
    for (const id of refunded) {
      const path = { id }
      await eventually(async () => {
        assert.equal((await client.get('/orders/{id}', { path })).status, 'CANCELLED')
        assert.equal((await client.get('/orderDashboards/{id}', { path })).status, 'CANCELLED')
      })
      await eventually(observer.atRest)
      assert.deepEqual(await publishedOf(id), {
        'orders.placed': 1,
        'orders.cancelled': 1,
        'payments.approved': 1,
        'payments.refunded': 1,
        'deliveries.cancelled': 1,
      })
      assert.equal((await client.get('/payments/{id}', { path })).status, 'REFUNDED')
      assert.equal((await client.get('/deliveries/{id}', { path })).status, 'CANCELLED')
    }
    const rows = await observer.rows(ids)
    assert.deepEqual(violations(rows), [])
    assert.deepEqual(
      rows.charges
        .filter(({ orderId }) => refunded.includes(orderId))
        .map(({ declined, refunds }) => [declined, refunds]),
      refunded.map(() => [null, 1]),
    )
  }
})
