import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { branch, courier, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { received } from '@saucery/chassis/testing/events'
import { type ListPage, readProblem } from '@saucery/chassis/testing/http'
import type { Caller } from '@saucery/contracts/access/scope'
import { OrderCancelled } from '@saucery/contracts/order'
import { v7 as uuidv7 } from 'uuid'
import { deliveryApi } from './api.ts'
import type { Delivery } from './domain.ts'
import { approvedAs, deadlineMs, testDeliveries } from './testing/deliveries.ts'

const service = await testDeliveries()
after(() => service[Symbol.asyncDispose]())
const { handle, publishedOf, start } = service
const gate = testCallerTokens('delivery')
const app = deliveryApi({ ...service, deadlineMs, requireCaller: gate.requireCaller })

const ask = async (caller: Caller, path: string, method = 'GET') =>
  app.request(path, { method, headers: await gate.as(caller) })
const statusOf = async (...of: Parameters<typeof ask>) => (await ask(...of)).status
const listed = async (caller: Caller, query = '') => {
  const { items } = (await (await ask(caller, `/deliveries?${query}`)).json()) as ListPage<Delivery>
  return items.map(({ orderId }) => orderId)
}

describe('a branch', () => {
  it('sees its own deliveries, and not another’s', async () => {
    const [own, foreign] = [await start('mine'), await start('yours')]
    assert.equal(await statusOf(branch('mine'), `/deliveries/${own}`), 200)
    assert.equal((await readProblem(ask(branch('mine'), `/deliveries/${foreign}`))).code, 'not-found')
    assert.deepEqual(await listed(branch('mine')), [own])
    assert.deepEqual(await listed(branch('mine'), `orderId=${foreign}`), [])
  })

  it('reports no delivery, not even its own', async () => {
    const own = await start('mine')
    for (const report of ['complete', 'fail'])
      assert.equal(
        (await readProblem(ask(branch('mine'), `/deliveries/${own}/${report}`, 'POST'))).code,
        'not-permitted',
      )
    assert.deepEqual(await publishedOf(own), ['DeliveryStarted'])
  })

  it('does not see what belongs to no known branch; an operator does', async () => {
    const orderId = uuidv7()
    await handle(received(OrderCancelled({ orderId, reason: 'requested' })))
    await handle(received(approvedAs(orderId, 'mine')))
    assert.equal(await statusOf(branch('mine'), `/deliveries/${orderId}`), 404)
    assert.deepEqual(await listed(branch('mine'), `orderId=${orderId}`), [])
    assert.equal(await statusOf(operator, `/deliveries/${orderId}`), 200)
    assert.deepEqual(await listed(operator, `orderId=${orderId}`), [orderId])
  })
})

describe('a courier and an operator', () => {
  for (const caller of [courier, operator])
    it(`see and report every delivery (${caller.role})`, async () => {
      const [arrived, lost] = [await start('mine'), await start('yours')]
      assert.equal(await statusOf(caller, `/deliveries/${arrived}`), 200)
      assert.deepEqual((await listed(caller)).slice(0, 2), [lost, arrived])
      assert.deepEqual(await listed(caller, `branchId=yours&orderId=${lost}`), [lost])
      assert.equal(await statusOf(caller, `/deliveries/${arrived}/complete`, 'POST'), 200)
      assert.equal(await statusOf(caller, `/deliveries/${lost}/fail`, 'POST'), 200)
    })
})

describe('a caller that bypasses the gateway', () => {
  it('reports nothing', async () => {
    const orderId = await start()
    const headers = await gate.as(courier, 'order')
    for (const init of [{}, { headers }])
      assert.equal(
        (await app.request(`/deliveries/${orderId}/complete`, { method: 'POST', ...init })).status,
        401,
      )
    assert.deepEqual(await publishedOf(orderId), ['DeliveryStarted'])
  })
})
