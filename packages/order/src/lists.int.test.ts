import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { allPages, getJson, type ListPage, readProblem } from '@saucery/chassis/testing/http'
import { exampleOrderId } from '@saucery/contracts/fields'
import { PaymentApproved } from '@saucery/contracts/payment'
import { eventually } from '@saucery/messaging/testing/eventually'
import { v7 as uuidv7 } from 'uuid'
import type { Order } from './domain.ts'
import { amount, testOrders } from './testing/orders.ts'

const service = await testOrders()
after(() => service[Symbol.asyncDispose]())
const { app, handle, place } = service

describe('GET /orders', () => {
  it('pages through every order once, newest or oldest first', async () => {
    const placed: Order[] = []
    for (let i = 0; i < 7; i++) placed.push(await place({ branchId: 'paged' }))
    assert.deepEqual(await allPages(app, '/orders?branchId=paged&sort=oldest', 3), placed)
    assert.deepEqual(await allPages(app, '/orders?branchId=paged', 3), placed.reverse())
  })

  it('is not changed by orders that are placed while it is read', async () => {
    const placed: Order[] = []
    for (let i = 0; i < 4; i++) placed.unshift(await place({ branchId: 'growing' }))
    const first = await getJson<ListPage<Order>>(app, '/orders?branchId=growing&limit=2')
    await place({ branchId: 'growing' })
    const second = await getJson<ListPage<Order>>(
      app,
      `/orders?branchId=growing&limit=2&cursor=${first.next}`,
    )
    assert.deepEqual([...first.items, ...second.items], placed)
  })

  it('filters by a range of time', async () => {
    const before = await place({ branchId: 'timed' })
    await eventually(() => assert.equal(Date.now() > Date.parse(before.placedAt) + 1, true))
    const since = new Date().toISOString()
    const after = await place({ branchId: 'timed' })
    const found = async (query: string) =>
      (await getJson<ListPage<Order>>(app, `/orders?branchId=timed&${query}`)).items.map(({ id }) => id)
    assert.deepEqual(await found(`since=${since}`), [after.id])
    assert.deepEqual(await found(`until=${since}`), [before.id])
  })

  it('has no next page when the last one is full', async () => {
    for (let i = 0; i < 2; i++) await place({ branchId: 'full' })
    const page = await getJson<ListPage<Order>>(app, '/orders?branchId=full&limit=2')
    assert.equal(page.items.length, 2)
    assert.equal(page.next, undefined)
  })

  it('has fifty items on a page by default', async () => {
    await Promise.all(Array.from({ length: 51 }, () => place()))
    assert.equal((await getJson<ListPage<Order>>(app, '/orders')).items.length, 50)
    assert.ok((await getJson<ListPage<Order>>(app, '/orders?limit=200')).items.length > 50)
  })

  it('filters by status, branch and id, and by all of them', async () => {
    const paid = await place({ branchId: 'filtered' })
    const waiting = await place({ branchId: 'filtered' })
    const { branchId, sauceId, qty } = paid
    await handle(received(PaymentApproved({ orderId: paid.id, branchId, sauceId, qty, amount })))
    const found = async (query: string) =>
      (await getJson<ListPage<Order>>(app, `/orders?${query}`)).items.map(({ id }) => id)
    assert.deepEqual(await found('branchId=filtered&status=PAID'), [paid.id])
    assert.deepEqual(await found('branchId=filtered&status=PLACED'), [waiting.id])
    assert.deepEqual(await found(`orderId=${waiting.id}`), [waiting.id])
    assert.deepEqual(await found(`orderId=${waiting.id}&status=PAID`), [])
    assert.deepEqual(await found(`orderId=${uuidv7()}`), [])
    assert.deepEqual(await found('branchId=nowhere'), [])
  })

  for (const [query, place] of [
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=many', 'limit'],
    ['limit=', 'limit'],
    ['cursor=1', 'cursor'],
    ['since=today', 'since'],
    ['status=LOST', 'status'],
    ['orderId=1', 'orderId'],
    ['branchId=a%00', 'branchId'],
  ])
    it(`refuses ${query}`, async () => {
      const problem = await readProblem(app.request(`/orders?${query}`))
      assert.deepEqual(problem, { status: 422, code: 'invalid-input', places: [place] })
    })

  it('answers 404 for an unknown id or path', async () => {
    assert.equal((await readProblem(app.request(`/orders/${exampleOrderId}`))).code, 'not-found')
    assert.equal((await readProblem(app.request('/orders/1'))).code, 'not-found')
    assert.equal((await readProblem(app.request('/sauces'))).code, 'no-such-route')
    assert.equal((await readProblem(app.request('/orders', { method: 'PUT' }))).code, 'method-not-allowed')
  })
})
