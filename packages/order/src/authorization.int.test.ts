import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { branch, courier, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { type ListPage, readProblem } from '@saucery/chassis/testing/http'
import type { Caller } from '@saucery/contracts/access/scope'
import { exampleOrderId } from '@saucery/contracts/fields'
import type { Order } from './domain.ts'
import { assemble, testOrders, wanted } from './testing/orders.ts'

const service = await testOrders()
after(() => service[Symbol.asyncDispose]())
const { place, publishedOf } = service
const gate = testCallerTokens('order')
const { app } = assemble({ ...service, requireCaller: gate.requireCaller })

async function ask(caller: Caller, method: string, path: string, body?: object): Promise<Response> {
  const headers = { ...(await gate.as(caller)), 'content-type': 'application/json' }
  return app.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
}

const notFound = { status: 404, code: 'not-found', places: [] }
const notPermitted = { status: 403, code: 'not-permitted', places: [] }

describe('a branch', () => {
  it('places orders of its own, and of no other branch', async () => {
    const order = { ...wanted, branchId: 'mine' }
    const placed = await ask(branch('mine'), 'POST', '/orders', order)
    assert.equal(placed.status, 201)
    assert.equal((await ask(branch('7'), 'POST', '/orders', { ...wanted, branchId: 7 })).status, 201)
    const refused = await readProblem(ask(branch('yours'), 'POST', '/orders', order))
    assert.deepEqual(refused, { ...notPermitted, places: ['/branchId'] })
  })

  it('cannot tell another branch’s order from one that does not exist', async () => {
    const { id } = await place({ branchId: 'mine' })
    assert.equal((await ask(branch('mine'), 'GET', `/orders/${id}`)).status, 200)
    const foreign = await ask(branch('yours'), 'GET', `/orders/${id}`)
    const none = await ask(branch('yours'), 'GET', `/orders/${exampleOrderId}`)
    assert.equal(await foreign.clone().text(), await none.text())
    assert.deepEqual(await readProblem(foreign), notFound)
  })

  it('cancels its own order, and not another’s', async () => {
    const { id } = await place({ branchId: 'mine' })
    assert.deepEqual(await readProblem(ask(branch('yours'), 'POST', `/orders/${id}/cancel`)), notFound)
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
    assert.equal((await ask(branch('mine'), 'POST', `/orders/${id}/cancel`)).status, 202)
    assert.deepEqual(await readProblem(ask(branch('yours'), 'POST', `/orders/${id}/cancel`)), notFound)
  })

  it('does not get another caller’s answer for the same Idempotency-Key', async () => {
    const post = async (caller: Caller, branchId: string) => {
      const headers = {
        ...(await gate.as(caller)),
        'content-type': 'application/json',
        'idempotency-key': 'k',
      }
      const body = JSON.stringify({ ...wanted, branchId })
      const answer = await app.request('/orders', { method: 'POST', headers, body })
      return (await answer.json()) as Order
    }
    const mine = await post(branch('mine'), 'mine')
    assert.equal((await post(branch('mine'), 'mine')).id, mine.id)
    assert.notEqual((await post(branch('yours'), 'yours')).id, mine.id)
    assert.notEqual((await post(operator, 'mine')).id, mine.id)
  })

  it('does not get an answer of the branch that its caller had before', async () => {
    const { id } = await place({ branchId: 'mine' })
    const cancelAs = async (caller: Caller) => {
      const headers = { ...(await gate.as(caller)), 'idempotency-key': 'moved' }
      return app.request(`/orders/${id}/cancel`, { method: 'POST', headers })
    }
    const before = branch('mine')
    assert.equal((await cancelAs(before)).status, 202)
    assert.equal((await cancelAs(before)).status, 202)
    const moved = { ...branch('yours'), subject: before.subject }
    assert.deepEqual(await readProblem(cancelAs(moved)), notFound)
  })

  it('sees only its own in lists, on every page and with every filter', async () => {
    const own = []
    for (let i = 0; i < 5; i++) {
      own.unshift((await place({ branchId: 'listed' })).id)
      await place({ branchId: 'other' })
    }
    const found: string[] = []
    for (let path = '/orders?status=PLACED&limit=2'; path; ) {
      const answer = await ask(branch('listed'), 'GET', path)
      const { items } = (await answer.json()) as ListPage<Order>
      found.push(...items.map(({ id }) => id))
      path = /<(.*)>/.exec(answer.headers.get('link') ?? '')?.[1] ?? ''
    }
    assert.deepEqual(found, own)
    const foreign = await place({ branchId: 'other' })
    const byId = await ask(branch('listed'), 'GET', `/orders?orderId=${foreign.id}`)
    assert.deepEqual(((await byId.json()) as ListPage<Order>).items, [])
    assert.deepEqual(await readProblem(ask(branch('listed'), 'GET', '/orders?branchId=other')), {
      ...notPermitted,
      places: ['branchId'],
    })
  })
})

describe('a courier', () => {
  it('neither places, nor reads, nor cancels orders', async () => {
    const { id } = await place()
    for (const asked of [
      ask(courier, 'POST', '/orders', wanted),
      ask(courier, 'GET', '/orders'),
      ask(courier, 'GET', `/orders/${id}`),
      ask(courier, 'POST', `/orders/${id}/cancel`),
    ])
      assert.deepEqual(await readProblem(asked), notPermitted)
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
  })
})

describe('an operator', () => {
  it('places, reads and cancels the orders of every branch', async () => {
    const order = await ask(operator, 'POST', '/orders', { ...wanted, branchId: 'anyone' })
    const { id } = (await order.json()) as Order
    assert.equal((await ask(operator, 'GET', `/orders/${id}`)).status, 200)
    assert.equal((await ask(operator, 'GET', '/orders?branchId=anyone')).status, 200)
    assert.equal((await ask(operator, 'POST', `/orders/${id}/cancel`)).status, 202)
  })
})

describe('a caller that bypasses the gateway', () => {
  it('gets 401: without a token, with a forged one, or with another service’s', async () => {
    const { id } = await place({ branchId: 'mine' })
    for (const headers of [
      {},
      { 'x-saucery-caller': JSON.stringify(operator) },
      { authorization: 'Bearer whatever' },
      await testCallerTokens('order').as(branch('mine')),
      await gate.as(branch('mine'), 'payment'),
    ]) {
      for (const [method, path] of [
        ['GET', '/orders'],
        ['GET', `/orders/${id}`],
        ['POST', `/orders/${id}/cancel`],
      ])
        assert.equal((await app.request(String(path), { method: String(method), headers })).status, 401)
      const placing = { 'content-type': 'application/json', ...headers } as Record<string, string>
      const body = JSON.stringify({ ...wanted, branchId: 'mine' })
      assert.equal((await app.request('/orders', { method: 'POST', headers: placing, body })).status, 401)
    }
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
  })
})
