import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { readProblem } from '@saucery/chassis/testing/http'
import { PaymentDeclined } from '@saucery/contracts/payment'
import { crashAtEachPoint } from '@saucery/messaging/testing'
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid'
import { amount, assemble, testOrders, wanted } from './testing/orders.ts'

const service = await testOrders()
after(() => service[Symbol.asyncDispose]())
const { app, commit, db, handle, place, replica, publishedOf } = service
const other = assemble(await replica()).app

/** A key that was not used before. */
const newKey = () => `"${uuidv4()}"`

const post = (path: string, key: string, { body = undefined as unknown, at = app } = {}) =>
  at.request(path, {
    method: 'POST',
    headers: { 'idempotency-key': key, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

/** All that a client sees of an answer, except whether it is a repeated one. */
const answerOf = async (response: Response | Promise<Response>) => {
  const { status, headers } = await response
  const { 'idempotent-replayed': _, ...others } = Object.fromEntries(headers)
  return { status, headers: others, body: await (await response).text() }
}

const isReplayed = async (response: Response | Promise<Response>) =>
  (await response).headers.get('idempotent-replayed') === 'true'

const ordersOf = async (branchId: string): Promise<string[]> => {
  const rows = await db.execute<{ id: string }>(`select id from orders where branch_id = '${branchId}'`)
  return rows.map(({ id }) => id)
}

describe('POST /orders with an Idempotency-Key', () => {
  it('is the same request with a number and with its digits in a string', async () => {
    const [key, branchId] = [newKey(), uuidv7()]
    const first = await answerOf(
      post('/orders', key, { body: { ...wanted, branchId, qty: 10, price: 10_000 } }),
    )
    const repeat = post('/orders', key, {
      body: { ...wanted, branchId, qty: '10', price: '10000' },
      at: other,
    })
    assert.deepEqual(await answerOf(repeat), first)
    assert.equal((await ordersOf(branchId)).length, 1)
  })

  it('gives every repeat the first answer to the byte, at every replica, and places one order', async () => {
    const key = newKey()
    const branchId = uuidv7()
    const first = await answerOf(post('/orders', key, { body: { ...wanted, branchId } }))
    assert.equal(first.status, 201)
    assert.ok(first.headers['event-id'])
    assert.ok(first.headers.location)
    for (const at of [app, other])
      assert.deepEqual(await answerOf(post('/orders', key, { body: { ...wanted, branchId }, at })), first)
    const [id, ...more] = await ordersOf(branchId)
    assert.deepEqual(more, [])
    assert.deepEqual(await publishedOf(String(id)), ['OrderPlaced'])
  })

  it('tells a repeated answer from the first one, also when it is a refusal', async () => {
    const [key, cancelKey, unknown] = [newKey(), newKey(), uuidv7()]
    const placeOne = (at: typeof app) => post('/orders', key, { body: wanted, at })
    const cancelNone = (at: typeof app) => post(`/orders/${unknown}/cancel`, cancelKey, { at })
    for (const ask of [placeOne, cancelNone]) {
      assert.equal(await isReplayed(ask(app)), false)
      for (const at of [app, other]) assert.equal(await isReplayed(ask(at)), true)
    }
  })

  it('places one order when fifty come at once, at two replicas', async () => {
    for (let round = 0; round < 5; round++) {
      const [key, branchId] = [newKey(), uuidv7()]
      const body = { ...wanted, branchId }
      const fifty = Array.from({ length: 50 }, (_, i) =>
        post('/orders', key, { body, at: i % 2 ? app : other }),
      )
      const answers = await Promise.all(fifty.map(answerOf))
      const placed = answers.filter(({ status }) => status === 201)
      assert.ok(placed.length > 0)
      for (const answer of placed) assert.deepEqual(answer, placed[0])
      for (const { status, headers, body } of answers.filter((answer) => !placed.includes(answer))) {
        assert.deepEqual([status, JSON.parse(body).code], [409, 'request-in-progress'])
        assert.ok(Number(headers['retry-after']) > 0)
      }
      const [id, ...more] = await ordersOf(branchId)
      assert.deepEqual(more, [])
      assert.deepEqual(await publishedOf(String(id)), ['OrderPlaced'])
      assert.deepEqual(await answerOf(post('/orders', key, { body })), placed[0])
    }
  })

  it('places one order, and gives a repeat its answer, wherever around the commit the process crashed', async () => {
    const points = await crashAtEachPoint({
      open: async () => ({ key: newKey(), branchId: uuidv7(), async [Symbol.asyncDispose]() {} }),
      async run({ key, branchId }, { around }) {
        const at = assemble({ ...service, commit: around('the commit', commit) }).app
        const { status } = await post('/orders', key, { body: { ...wanted, branchId }, at })
        if (status !== 201) throw new Error(`answered with ${status}`)
      },
      async check({ key, branchId }) {
        const again = await answerOf(post('/orders', key, { body: { ...wanted, branchId }, at: other }))
        const [id, ...more] = await ordersOf(branchId)
        assert.deepEqual([again.status, JSON.parse(again.body).id, more], [201, id, []])
        const [event] = await db.execute<{ id: string }>(
          `select id from outbox where subject = 'orders.placed.${id}'`,
        )
        assert.equal(again.headers['event-id'], event?.id)
      },
    })
    assert.deepEqual(points, ['before the commit', 'after the commit'])
  })

  it('takes ids as numbers and as text for the same request', async () => {
    const key = newKey()
    const first = await answerOf(post('/orders', key, { body: wanted }))
    const spelled = { price: 10_000, qty: 10, sauceId: '2', branchId: '1' }
    assert.deepEqual(await answerOf(post('/orders', key, { body: spelled })), first)
  })

  it('refuses a key that was used for another body or another route', async () => {
    const key = newKey()
    const { headers } = await post('/orders', key, { body: wanted })
    const reused = { status: 422, code: 'idempotency-key-reused', places: [] }
    assert.deepEqual(
      await readProblem(post('/orders', key, { body: { ...wanted, qty: 11 }, at: other })),
      reused,
    )
    assert.deepEqual(await readProblem(post(`${headers.get('location')}/cancel`, key)), reused)
  })

  it('lets a body that was not valid be corrected', async () => {
    const key = newKey()
    assert.equal((await post('/orders', key, { body: { ...wanted, qty: 0 } })).status, 422)
    assert.equal((await post('/orders', key, { body: wanted })).status, 201)
  })

  it('refuses a malformed key', async () => {
    const problem = await readProblem(post('/orders', '"', { body: wanted }))
    assert.deepEqual(problem, { status: 400, code: 'invalid-idempotency-key', places: [] })
  })

  it('stores nothing for a request without a key', async () => {
    const before = await db.execute('select count(*) from requests')
    await Promise.all([place(), place()])
    assert.deepEqual(await db.execute('select count(*) from requests'), before)
  })
})

describe('POST /orders/{id}/cancel with an Idempotency-Key', () => {
  it('gives a repeat the first answer, with the event', async () => {
    const { id } = await place()
    const key = newKey()
    const first = await answerOf(post(`/orders/${id}/cancel`, key))
    assert.equal(first.status, 202)
    assert.ok(first.headers['event-id'])
    assert.deepEqual(await answerOf(post(`/orders/${id}/cancel`, key, { at: other })), first)
    assert.equal((await post(`/orders/${id}/cancel`, newKey())).headers.get('event-id'), null)
  })

  it('gives a repeat the first refusal of an order that was final', async () => {
    const { id } = await place()
    await handle(received(PaymentDeclined({ orderId: id, amount, reason: 'limit-exceeded' })))
    const key = newKey()
    const first = await answerOf(post(`/orders/${id}/cancel`, key))
    assert.equal(first.status, 409)
    assert.equal(JSON.parse(first.body).code, 'order-already-final')
    assert.deepEqual(await answerOf(post(`/orders/${id}/cancel`, key, { at: other })), first)
  })

  it('gives a repeat the first refusal of an order that did not exist', async () => {
    const [id, key] = [uuidv7(), newKey()]
    const first = await answerOf(post(`/orders/${id}/cancel`, key))
    assert.equal(first.status, 404)
    assert.deepEqual(await answerOf(post(`/orders/${id}/cancel`, key, { at: other })), first)
  })
})
