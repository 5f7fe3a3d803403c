import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { violations } from '../model/violations.ts'
import { forgetWhatWasHandled, playEverythingAgain } from '../support/again.ts'
import { door } from '../support/door.ts'
import { type Observer, observe } from '../support/observer.ts'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'

const deadlineMs = 1000

describe('an order that was given up before its payment was approved', { timeout: 240_000 }, () => {
  let system: RunningSystem
  let observer: Observer
  const given: string[] = []

  before(async () => {
    system = await runningSystem({
      PAYMENT_DEADLINE_MS: String(deadlineMs),
      PAYMENT_DELAY_MS: String(3 * deadlineMs),
    })
    observer = await observe(system)
  })
  after(async () => {
    await observer[Symbol.asyncDispose]()
    await system[Symbol.asyncDispose]()
  })

  it('is refunded when the provider took longer than the deadline', async () => {
    const id = await placed()
    await eventually(() => isGivenUp(id))
    await eventually(() => isRemembered(id))
    assert.deepEqual(await saidOf(id), { 'orders.placed': 1, 'orders.cancelled': 1 })
    await isRefundedOnce([id])
  })

  it('is refunded when payment was away past the deadline', async () => {
    await system.services.payment.stop()
    const id = await placed()
    await eventually(() => isGivenUp(id))
    await eventually(() => isRemembered(id))
    system.services.payment.start()
    await isRefundedOnce([id])
  })

  it('is refunded once, also when everything is heard again by services that forgot what they handled', async () => {
    assert.equal(given.length, 2)
    const far = await atRest()
    const consumers = await heard()
    await forgetWhatWasHandled(system)
    await playEverythingAgain(system)
    await eventually(async () => {
      const now = await heard()
      for (const [i, { created, delivered, messages }] of now.entries()) {
        assert.notEqual(created, consumers[i]?.created)
        assert.equal(delivered >= messages, true)
      }
    })
    assert.equal(await atRest(), far)
    await isRefundedOnce(given)
  })

  async function placed(): Promise<string> {
    const id = await door(system.urls.gateway).place(10_000)
    assert.notEqual(id, undefined)
    given.push(String(id))
    return String(id)
  }

  const get = (path: string) => door(system.urls.gateway).get(path) as Promise<Record<string, unknown>>

  async function isGivenUp(id: string): Promise<void> {
    const { timeline } = (await get(`/orderDashboards/${id}`)) as {
      timeline: { event: string; data: object }[]
    }
    const cancelled = timeline.find(({ event }) => event === 'OrderCancelled')
    assert.deepEqual(cancelled?.data, { reason: 'payment-timeout' })
  }

  async function isRemembered(id: string): Promise<void> {
    const { deliveries } = await observer.rows([])
    assert.equal(deliveries.find(({ orderId }) => orderId === id)?.status, 'CANCEL_REMEMBERED')
  }

  /** The subjects that this order's messages have, and how many messages each. */
  async function saidOf(id: string): Promise<Record<string, number>> {
    const said = Object.entries(await observer.subjects())
    const mine = said.filter(([subject]) => subject.endsWith(`.${id}`))
    return Object.fromEntries(mine.map(([subject, count]) => [subject.slice(0, -id.length - 1), count]))
  }

  /** How far the streams are, once everything that was said is heard. */
  const atRest = () =>
    eventually(async () => {
      const rest = await observer.rest()
      assert.notEqual(rest, undefined)
      return rest
    })

  const heard = async () => {
    const services = ['order', 'payment', 'delivery'] as const
    return (await Promise.all(services.map(observer.heard))).flatMap((streams) => Object.values(streams))
  }

  /** One charge and one refund, each said once; cancelled for everybody, and nothing ever left. */
  async function isRefundedOnce(ids: string[]): Promise<void> {
    for (const id of ids) {
      await eventually(async () => {
        assert.equal((await get(`/orders/${id}`)).status, 'CANCELLED')
        assert.equal((await get(`/orderDashboards/${id}`)).status, 'CANCELLED')
      })
      await atRest()
      assert.deepEqual(await saidOf(id), {
        'orders.placed': 1,
        'orders.cancelled': 1,
        'payments.approved': 1,
        'payments.refunded': 1,
        'deliveries.cancelled': 1,
      })
      assert.equal((await get(`/payments/${id}`)).status, 'REFUNDED')
      assert.equal((await get(`/deliveries/${id}`)).status, 'CANCELLED')
    }
    const rows = await observer.rows(given)
    assert.deepEqual(violations(rows), [])
    assert.deepEqual(
      rows.charges
        .filter(({ orderId }) => ids.includes(orderId))
        .map(({ declined, refunds }) => [declined, refunds]),
      ids.map(() => [null, 1]),
    )
  }
})
