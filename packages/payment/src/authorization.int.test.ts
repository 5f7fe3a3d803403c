import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { branch, courier, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { received } from '@saucery/chassis/testing/events'
import { type ListPage, readProblem } from '@saucery/chassis/testing/http'
import type { Caller } from '@saucery/contracts/access/scope'
import { OrderCancelled, OrderPlaced } from '@saucery/contracts/order'
import { v7 as uuidv7 } from 'uuid'
import { paymentApi } from './api.ts'
import type { Payment } from './domain.ts'
import { testPayments } from './testing/payments.ts'

const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const gate = testCallerTokens('payment')
const app = paymentApi({ ...service, requireCaller: gate.requireCaller })

const ask = async (caller: Caller, path: string) => app.request(path, { headers: await gate.as(caller) })
const statusOf = async (caller: Caller, path: string) => (await ask(caller, path)).status
const listed = async (caller: Caller, query = '') => {
  const { items } = (await (await ask(caller, `/payments?${query}`)).json()) as ListPage<Payment>
  return items.map(({ orderId }) => orderId)
}

async function paid(branchId: string): Promise<string> {
  const orderId = uuidv7()
  const order = { orderId, branchId, sauceId: '2', qty: 1, price: 1000, amount: 1000 }
  await service.handle(received(OrderPlaced(order)))
  return orderId
}

describe('a branch', () => {
  it('sees its own payments, and not another’s', async () => {
    const [own, foreign] = [await paid('mine'), await paid('yours')]
    assert.equal(await statusOf(branch('mine'), `/payments/${own}`), 200)
    assert.equal((await readProblem(ask(branch('mine'), `/payments/${foreign}`))).code, 'not-found')
    assert.deepEqual(await listed(branch('mine')), [own])
    assert.deepEqual(await listed(branch('mine'), `orderId=${foreign}`), [])
  })

  it('does not see what belongs to no known branch; an operator does', async () => {
    const orderId = uuidv7()
    await service.handle(received(OrderCancelled({ orderId, reason: 'requested' })))
    assert.equal(await statusOf(branch('mine'), `/payments/${orderId}`), 404)
    assert.deepEqual(await listed(branch('mine'), `orderId=${orderId}`), [])
    assert.equal(await statusOf(operator, `/payments/${orderId}`), 200)
    assert.deepEqual(await listed(operator, `orderId=${orderId}`), [orderId])
  })
})

it('a courier sees no payment', async () => {
  const orderId = await paid('mine')
  for (const path of ['/payments', `/payments/${orderId}`])
    assert.equal((await readProblem(ask(courier, path))).code, 'not-permitted')
})

it('without the gateway’s token, no payment is visible', async () => {
  const headers = await gate.as(operator, 'order')
  for (const init of [{}, { headers }]) assert.equal((await app.request('/payments', init)).status, 401)
})
