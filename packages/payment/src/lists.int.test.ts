import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { allPages, getJson, type ListPage, readProblem } from '@saucery/chassis/testing/http'
import { exampleOrderId } from '@saucery/contracts/fields'
import { OrderCancelled, OrderPlaced } from '@saucery/contracts/order'
import { v7 as uuidv7 } from 'uuid'
import type { Payment } from './domain.ts'
import { limit, testPayments } from './testing/payments.ts'

const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const { app, handle } = service

async function placed(branchId: string, amount = 3000): Promise<string> {
  const orderId = uuidv7()
  await handle(received(OrderPlaced({ orderId, branchId, sauceId: '2', qty: 1, price: amount, amount })))
  return orderId
}

const found = async (query: string) =>
  (await getJson<ListPage<Payment>>(app, `/payments?${query}`)).items.map(({ orderId }) => orderId)

describe('GET /payments', () => {
  it('pages through every payment once, newest or oldest order first', async () => {
    const orderIds: string[] = []
    for (let i = 0; i < 7; i++) orderIds.push(await placed('paged'))
    const sorted = async (sort: string) => {
      const payments = await allPages<Payment>(app, `/payments?branchId=paged&sort=${sort}`, 3)
      return payments.map(({ orderId }) => orderId)
    }
    assert.deepEqual(await sorted('oldest'), orderIds)
    assert.deepEqual(await sorted('newest'), orderIds.reverse())
  })

  it('filters by status, branch and order', async () => {
    const small = await placed('filtered')
    const large = await placed('filtered', limit + 1)
    assert.deepEqual(await found('branchId=filtered&status=APPROVED'), [small])
    assert.deepEqual(await found('branchId=filtered&status=DECLINED'), [large])
    assert.deepEqual(await found(`orderId=${small}`), [small])
    assert.deepEqual(await found(`orderId=${small}&status=PENDING`), [])
  })

  it('shows the fields that the payment’s status has, and no others', async () => {
    const branchId = 'shown'
    const charge = { branchId, sauceId: '2', qty: 1 }
    const small = await placed(branchId)
    const approved = { orderId: small, ...charge, amount: 3000, status: 'APPROVED' }
    assert.deepEqual(await getJson(app, `/payments/${small}`), approved)
    const large = await placed(branchId, limit + 1)
    const declined = {
      orderId: large,
      ...charge,
      amount: limit + 1,
      status: 'DECLINED',
      reason: 'limit-exceeded',
    }
    assert.deepEqual(await getJson(app, `/payments/${large.toUpperCase()}`), declined)
    const orderId = uuidv7()
    await handle(received(OrderCancelled({ orderId, reason: 'requested' })))
    assert.deepEqual(await getJson(app, `/payments/${orderId}`), { orderId, status: 'VOIDED' })
    assert.deepEqual(await found('status=VOIDED'), [orderId])
  })

  it('answers 404 for an unknown id or path', async () => {
    for (const id of [exampleOrderId, 'x', '%00'])
      assert.equal((await readProblem(app.request(`/payments/${id}`))).code, 'not-found')
  })

  it('takes no commands', async () => {
    for (const method of ['POST', 'PUT', 'DELETE'])
      assert.equal((await readProblem(app.request('/payments', { method }))).code, 'method-not-allowed')
  })

  it('refuses an unknown status', async () => {
    const problem = await readProblem(app.request('/payments?status=LOST'))
    assert.deepEqual(problem, { status: 422, code: 'invalid-input', places: ['status'] })
  })
})
